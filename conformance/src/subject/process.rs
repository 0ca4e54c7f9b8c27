//! A subject as a process: in a group of its own that ends with the run, whatever ends the run.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::command::Variables;
use super::manifest::{Start, unpack};
use super::{Location, SubjectError};
use crate::script::play::connect;

/// How many of the last lines that a subject wrote are kept.
const TAIL_LINES: usize = 50;
/// How much of a line is kept.
const TAIL_LINE: usize = 1_000;
/// How long the last of what a process wrote may take to arrive after its end.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// How long a subject may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(2);

/// A started subject. Dropping it stops it.
pub struct Process {
    command: String,
    port: u16,
    group: Pid,
    died: watch::Receiver<Option<String>>,
    tail: Arc<Mutex<VecDeque<String>>>,
    stopped: bool,
    _run: tempfile::TempDir,
}

impl Process {
    /// Starts a subject on a port and waits until it answers a GET there.
    ///
    /// # Errors
    /// [`SubjectError::Start`], [`SubjectError::DiedEarly`] or [`SubjectError::NotReady`].
    pub async fn start(start: &Start, port: u16, location: &Location) -> Result<Process, SubjectError> {
        let mut process = Process::spawn(start, port)?;
        match process.ready(start, location).await {
            Ok(()) => Ok(process),
            Err(error) => {
                process.stop().await;
                Err(error)
            }
        }
    }

    fn spawn(start: &Start, port: u16) -> Result<Process, SubjectError> {
        let failed = |error: io::Error| SubjectError::Start { command: start.command.join(" "), error };
        let run = tempfile::Builder::new().prefix("wiregauge-").tempdir().map_err(failed)?;
        open_to_all(run.path()).map_err(failed)?;
        let dir = match &start.dir {
            Some(dir) => dir.clone(),
            None => {
                let copy = run.path().join("subjects");
                std::fs::create_dir(&copy).and_then(|()| unpack(&copy)).map_err(failed)?;
                copy
            }
        };
        let variables = Variables { port, run: run.path(), dir: &dir };
        for (name, text) in &start.files {
            let path = run.path().join(name);
            let folder = path.parent().unwrap_or(run.path());
            std::fs::create_dir_all(folder)
                .and_then(|()| std::fs::write(&path, variables.fill(text)))
                .map_err(failed)?;
        }
        let command: Vec<String> = start.command.iter().map(|word| variables.fill(word)).collect();
        let cwd = start.cwd.as_ref().map_or(run.path().to_owned(), |cwd| PathBuf::from(variables.fill(cwd)));
        let mut child = Command::new(&command[0])
            .args(&command[1..])
            .current_dir(cwd)
            .env("PATH", search_path())
            .envs(start.env.iter().map(|(name, value)| (name, variables.fill(value))))
            .env("PORT", port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(failed)?;
        let pid =
            child.id().and_then(|pid| i32::try_from(pid).ok()).ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
        let tail = Arc::new(Mutex::new(VecDeque::new()));
        let mut tails = JoinSet::new();
        if let Some(stdout) = child.stdout.take() {
            tails.spawn(keep_tail(stdout, tail.clone()));
        }
        if let Some(stderr) = child.stderr.take() {
            tails.spawn(keep_tail(stderr, tail.clone()));
        }
        let (tell, died) = watch::channel(None);
        tokio::spawn(reap(child, tails, tell));
        Ok(Process {
            command: command.join(" "),
            port,
            group: Pid::from_raw(pid),
            died,
            tail,
            stopped: false,
            _run: run,
        })
    }

    /// Waits until a GET is answered, with anything.
    async fn ready(&mut self, start: &Start, location: &Location) -> Result<(), SubjectError> {
        let by = Instant::now() + start.ready_timeout;
        let request =
            format!("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", start.ready_path, location.authority);
        let mut died = self.died.clone();
        let answered = async {
            loop {
                if answers(location, &request, by).await {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            biased;
            _ = died.wait_for(Option::is_some) => {
                let how = self.died().unwrap_or_default();
                Err(SubjectError::DiedEarly { command: self.command.clone(), how, tail: self.tail_text() })
            }
            () = answered => Ok(()),
            () = tokio::time::sleep_until(by) => Err(SubjectError::NotReady {
                command: self.command.clone(),
                address: location.address.to_string(),
                waited: start.ready_timeout,
                tail: self.tail_text(),
            }),
        }
    }

    /// The port it was told.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process group that ends with it.
    pub fn group(&self) -> Pid {
        self.group
    }

    /// Exit status or signal, if it ended.
    pub fn died(&self) -> Option<String> {
        self.died.borrow().clone()
    }

    /// Waits until it ends, for whatever reason.
    pub async fn death(&self) -> String {
        let mut died = self.died.clone();
        match died.wait_for(Option::is_some).await {
            Ok(how) => how.clone().unwrap_or_default(),
            Err(_) => "it ended".to_owned(),
        }
    }

    /// The last lines that it wrote, standard output and error together.
    pub fn tail(&self) -> Vec<String> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn tail_text(&self) -> String {
        let tail = self.tail();
        if tail.is_empty() { "; it wrote nothing".to_owned() } else { format!("; it wrote:\n  {}", tail.join("\n  ")) }
    }

    /// Asks it to end, waits a little, and ends whatever is left of its group.
    pub async fn stop(&mut self) {
        if std::mem::replace(&mut self.stopped, true) {
            return;
        }
        let mut died = self.died.clone();
        if self.signal(Signal::SIGTERM) {
            let _ = tokio::time::timeout(GRACE, died.wait_for(Option::is_some)).await;
        }
        self.signal(Signal::SIGKILL);
        let _ = tokio::time::timeout(GRACE, died.wait_for(Option::is_some)).await;
    }

    /// Whether anybody of the group was there to be signalled.
    fn signal(&self, signal: Signal) -> bool {
        killpg(self.group, signal).is_ok()
    }
}

impl Drop for Process {
    /// The way out on a panic or a cancelled run: no time for a farewell.
    fn drop(&mut self) {
        if self.stopped || !self.signal(Signal::SIGTERM) {
            return;
        }
        let by = std::time::Instant::now() + Duration::from_millis(200);
        while std::time::Instant::now() < by && self.died().is_none() {
            std::thread::sleep(Duration::from_millis(10));
        }
        self.signal(Signal::SIGKILL);
    }
}

/// A port on 127.0.0.1 on which nobody listens just now.
///
/// # Errors
/// What the system said.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Whether any octet comes back.
async fn answers(location: &Location, request: &str, by: Instant) -> bool {
    let exchange = async {
        let mut stream = connect(&location.address, by).await.ok()?;
        tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes()).await.ok()?;
        let mut octet = [0; 1];
        stream.read(&mut octet).await.ok().filter(|count| *count > 0)
    };
    matches!(tokio::time::timeout_at(by, exchange).await, Ok(Some(_)))
}

/// Some subjects change their user: the run folder is theirs too.
fn open_to_all(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777))
}

/// Ours, and where servers are kept on many systems.
fn search_path() -> String {
    let ours = std::env::var("PATH").unwrap_or_default();
    format!("{ours}:/usr/local/sbin:/usr/sbin:/sbin")
}

/// Waits for the end of a process and of what it wrote, and tells.
async fn reap(mut child: Child, tails: JoinSet<()>, tell: watch::Sender<Option<String>>) {
    use std::os::unix::process::ExitStatusExt;
    let how = match child.wait().await {
        Ok(status) => match (status.code(), status.signal()) {
            (Some(code), _) => format!("exit status {code}"),
            (None, Some(number)) => match Signal::try_from(number) {
                Ok(signal) => format!("signal {number} ({})", signal.as_str()),
                Err(_) => format!("signal {number}"),
            },
            (None, None) => "it ended".to_owned(),
        },
        Err(error) => format!("it ended unseen: {error}"),
    };
    // Its children may keep the pipes open: its last words are waited for, but not theirs.
    let mut tails = tails;
    let last_words = async { while tails.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(LAST_WORDS, last_words).await;
    tails.detach_all();
    let _ = tell.send(Some(how));
}

/// Reads all that is written, so that the writer is never held up, and keeps the last of it.
async fn keep_tail(mut stream: impl AsyncRead + Unpin, tail: Arc<Mutex<VecDeque<String>>>) {
    let mut buffer = vec![0; 8 * 1024];
    let mut line = Vec::new();
    let keep = |line: &mut Vec<u8>| {
        let text = String::from_utf8_lossy(line).trim_end().to_owned();
        line.clear();
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        if tail.len() == TAIL_LINES {
            tail.pop_front();
        }
        tail.push_back(text);
    };
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        for &octet in &buffer[..count] {
            match octet {
                b'\n' => keep(&mut line),
                _ if line.len() < TAIL_LINE => line.push(octet),
                _ => {}
            }
        }
    }
    if !line.is_empty() {
        keep(&mut line);
    }
}
