//! `generate`: completions for shells and man pages, from the command line's own definition.

use crate::args::{Arguments, Generate, Shell};
use clap::CommandFactory;
use std::io::{self, Write};

/// Prints the completions, or writes the pages.
pub fn generate(what: &Generate, out: &mut dyn Write) -> io::Result<()> {
    let mut command = Arguments::command();
    match what {
        Generate::Completions { shell } => {
            let shell = match shell {
                Shell::Bash => clap_complete::Shell::Bash,
                Shell::Zsh => clap_complete::Shell::Zsh,
                Shell::Fish => clap_complete::Shell::Fish,
            };
            clap_complete::generate(shell, &mut command, "soundingboard", out);
            out.flush()
        }
        Generate::Man { folder } => clap_mangen::generate_to(command, folder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn each_shell_learns_every_command_that_is_shown() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let mut out = Vec::new();
            generate(&Generate::Completions { shell }, &mut out).expect("written");
            let text = String::from_utf8(out).expect("UTF-8");
            for name in ["doctor", "init", "password-file", "microsoft365"] {
                assert!(text.contains(name), "{shell:?} lacks {name}");
            }
        }
    }

    #[test]
    fn each_command_has_its_page() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().to_owned();
        generate(&Generate::Man { folder: path.clone() }, &mut Vec::new()).expect("written");
        let page = |name: &str| fs::read_to_string(path.join(name)).expect(name);
        assert!(page("soundingboard.1").contains("soundingboard\\-doctor(1)"));
        assert!(page("soundingboard-doctor.1").contains("\\-\\-no\\-letter"));
        assert!(page("soundingboard-import-roster.1").contains("CSV"));
        assert!(!path.join("soundingboard-try-mail.1").exists(), "hidden commands have no page");
    }
}
