//! format=flowed: paragraphs that were sent as lines become paragraphs again (RFC 3676).

/// Joins the lines that end in a space, each at its depth of quotation. With `del_sp` that
/// space was added for the line's end only and goes (§4.1, DelSp).
pub(super) fn unflowed(text: &str, del_sp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).peekable();
    while let Some(line) = lines.next() {
        let (depth, text) = unquoted(line);
        if open != Some(depth) {
            if open.is_some() {
                out.push('\n');
            }
            push_depth(&mut out, depth);
        }
        let next = lines.peek().map(|next| unquoted(next));
        if flows(text) && next.is_some_and(|(deep, below)| deep == depth && !is_blank_field(text, below)) {
            out.push_str(if del_sp { &text[..text.len() - 1] } else { text });
            open = Some(depth);
        } else {
            out.push_str(text);
            if next.is_some() {
                out.push('\n');
            }
            open = None;
        }
    }
    out
}

/// The depth of quotation and the text without it and without its stuffing (§4.4, §4.5).
fn unquoted(line: &str) -> (usize, &str) {
    let text = line.trim_start_matches('>');
    (line.len() - text.len(), text.strip_prefix(' ').unwrap_or(text))
}

fn push_depth(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n('>', depth));
    if depth > 0 {
        out.push(' ');
    }
}

/// §4.3: the signature's delimiter ends in a space and is no flowed line.
fn flows(text: &str) -> bool {
    text.ends_with(' ') && text != "-- "
}

/// "Languages: " above "Time zone: …": a form's empty field, whose space some programs
/// forget to take away.
fn is_blank_field(text: &str, below: &str) -> bool {
    text.trim_end().ends_with(':') && below.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flowed_lines_are_one_paragraph_at_each_depth() {
        let text = "Yes, I can \ncome on Tuesday.\n\n> Could you \n> come?\n>> Who \n>> asks?\nI.\n";
        let wanted = "Yes, I can come on Tuesday.\n\n> Could you come?\n>> Who asks?\nI.\n";
        assert_eq!(unflowed(text, false), wanted);
    }

    #[test]
    fn with_del_sp_the_last_space_goes() {
        assert_eq!(unflowed("你好， \n世界\n", true), "你好，世界\n");
    }

    #[test]
    fn stuffing_goes_and_the_signatures_delimiter_stays() {
        assert_eq!(unflowed(" >no quote\n From here\n-- \nLeila", false), ">no quote\nFrom here\n-- \nLeila");
    }

    #[test]
    fn an_empty_field_does_not_swallow_the_next_label() {
        let form = "Languages: \nTime zone: Africa/Cairo\n";
        assert_eq!(unflowed(form, false), form);
    }
}
