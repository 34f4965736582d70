//! What a process has used, and the machine it ran on.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Of a process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// In user mode and in the kernel, all threads.
    pub cpu: Duration,
    /// The most memory it ever had resident.
    pub peak_kib: u64,
}

/// None once it has ended.
pub fn of(pid: u32) -> Option<Usage> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold blanks: the fields are counted from behind its bracket.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let peak_kib = peak.split_whitespace().next()?.parse().ok()?;
    // Linux counts in hundredths for whoever reads /proc, whatever its own clock does.
    Some(Usage { cpu: Duration::from_millis(ticks * 10), peak_kib })
}

/// Cores, kernel and file system.
pub fn machine(dir: &Path) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let model = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = model.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("?");
    let file_system = said("stat", &["-f", "-c", "%T", &dir.to_string_lossy()]);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    format!(
        "{cores} cores ({}), Linux {}, {file_system}; load {load} at the start; Dovecot {}",
        model.trim_start_matches(['\t', ' ', ':']),
        kernel.trim(),
        said("dovecot", &["--version"]),
    )
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or("?".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
