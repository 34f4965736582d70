//! One line of JSON, as it travels over the socket.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt};

/// No request is longer, in bytes.
const LONGEST: u64 = 64 * 1024;

/// A value as a line.
pub fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("what is sent has string keys") + "\n"
}

/// A value from a line. The error is a sentence.
pub fn read<T: DeserializeOwned>(line: &[u8]) -> Result<T, String> {
    serde_json::from_slice(line).map_err(|why| why.to_string())
}

/// Reads up to the end of the first line. The error is a sentence.
pub async fn first_line(stream: impl AsyncRead + Unpin) -> Result<Vec<u8>, String> {
    let mut stream = stream.take(LONGEST);
    let mut line = Vec::new();
    loop {
        let read = stream.read_buf(&mut line).await.map_err(|why| why.to_string())?;
        if let Some(end) = line.iter().position(|byte| *byte == b'\n') {
            line.truncate(end);
            return Ok(line);
        }
        if read == 0 {
            return Err(format!("a request is one line of at most {LONGEST} bytes, and ends with a newline"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Asked;
    use super::*;

    #[tokio::test]
    async fn a_request_is_its_first_line_and_bounded() {
        let asked = Asked::Show("K7Q2M".to_owned());
        let sent = line(&asked) + "and more";
        let read_back = first_line(sent.as_bytes()).await.expect("a line");
        assert_eq!(read::<Asked>(&read_back), Ok(asked));
        let endless = vec![b'x'; 70_000];
        for wrong in [&endless[..], b"no end", b""] {
            assert!(first_line(wrong).await.expect_err("no line").contains("65536"));
        }
        assert!(read::<Asked>(b"{\"dance\":1}").is_err());
    }
}
