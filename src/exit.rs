//! How the program ends: the codes of sysexits.h, which service managers and scripts know.

use std::process::{ExitCode, Termination};

/// An exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Ok = 0,
    /// The command line is wrong.
    Usage = 64,
    /// The data are wrong: a damaged ledger, a `--now` before the store's own time.
    DataErr = 65,
    /// A file that was named cannot be read.
    NoInput = 66,
    /// A server cannot be reached, or refuses us.
    Unavailable = 69,
    /// A defect of the program.
    Software = 70,
    OsErr = 71,
    /// A file cannot be made, or is there already and is left as it is.
    CantCreate = 73,
    IoErr = 74,
    /// Committed mail remains unsent; run again later.
    TempFail = 75,
    NoPerm = 77,
    /// The configuration or a template is wrong.
    Config = 78,
}

impl Exit {
    /// Every code there is.
    const ALL: [Exit; 12] = {
        use Exit::*;
        [
            Ok,
            Usage,
            DataErr,
            NoInput,
            Unavailable,
            Software,
            OsErr,
            CantCreate,
            IoErr,
            TempFail,
            NoPerm,
            Config,
        ]
    };

    /// The code of this number; of one that there is not, a defect.
    pub fn of(code: u8) -> Self {
        Self::ALL.into_iter().find(|exit| exit.code() == code).unwrap_or(Exit::Software)
    }

    /// The number the shell sees.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        self.into()
    }
}
