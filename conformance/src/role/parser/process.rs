//! A parser in a process of its own, asked through the adapter contract. Whatever it does, an answer comes or the time is up:
//! one thread writes questions, one reads answers, one keeps the end of its standard error; the process group ends with us.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::subject::{Subject, Trouble};
use crate::adapter::MOST_OCTETS_OF_A_LINE;
use crate::adapter::contract::{Answer, AnswerLine, Parse, Started};

/// How often a process that ended or fell silent is started again.
const MOST_RESTARTS: usize = 5;

/// So many lines of standard error are kept, of so many octets each.
const KEPT_LINES: usize = 50;
const KEPT_OCTETS: u64 = 4096;

/// An adapter process; it is started again when it ends or falls silent, a few times.
#[derive(Debug)]
pub struct AdapterProcess {
    command: String,
    patience: Duration,
    started: Started,
    running: Option<Running>,
    restarts: usize,
}

impl AdapterProcess {
    /// Starts `command` with the shell and asks who it is; each answer has to come within `patience`.
    ///
    /// # Errors
    /// When it cannot be started, ends, or does not say who it is in time.
    pub fn start(command: &str, patience: Duration) -> Result<AdapterProcess, Trouble> {
        let (running, started) = Running::start(command, patience)?;
        Ok(AdapterProcess { command: command.to_owned(), patience, started, running: Some(running), restarts: 0 })
    }

    fn running(&mut self) -> Result<&mut Running, Trouble> {
        if self.running.is_none() {
            if self.restarts == MOST_RESTARTS {
                return Err(Trouble::Died(format!("it was started again {MOST_RESTARTS} times already")));
            }
            self.restarts += 1;
            self.running = Some(Running::start(&self.command, self.patience)?.0);
        }
        self.running.as_mut().ok_or_else(|| Trouble::Died("it is not running".to_owned()))
    }
}

impl Subject for AdapterProcess {
    fn started(&self) -> &Started {
        &self.started
    }

    fn address(&self) -> String {
        self.command.clone()
    }

    fn patience(&self) -> Duration {
        self.patience
    }

    fn parse_all(&mut self, questions: &[Parse]) -> Vec<Result<Answer, Trouble>> {
        let patience = self.patience;
        let mut answers = Vec::with_capacity(questions.len());
        let running = match self.running() {
            Ok(running) => running,
            Err(trouble) => return questions.iter().map(|_| Err(trouble.clone())).collect(),
        };
        // A send fails only when the writer is gone, which the wait for the first answer tells better.
        let _ = running.questions.send(Ask::Parse(questions.to_vec()));
        for question in questions {
            match running.answer(patience) {
                Ok(line) => match read_answer(&line) {
                    Ok((id, answer)) if id.as_deref().is_none_or(|id| id == question.id) => answers.push(Ok(answer)),
                    Ok((id, _)) => {
                        // Who lost count does not find it again.
                        let id = id.unwrap_or_default();
                        let what = format!("the answer to `{}` came, `{}` was asked", id.escape_debug(), question.id);
                        self.running = None;
                        answers.resize(questions.len(), Err(Trouble::Garbage(what)));
                        break;
                    }
                    Err(trouble) => answers.push(Err(trouble)),
                },
                Err(trouble) => {
                    self.running = None;
                    answers.resize(questions.len(), Err(trouble));
                    break;
                }
            }
        }
        answers
    }
}

fn read_answer(line: &[u8]) -> Result<(Option<String>, Answer), Trouble> {
    let answer: AnswerLine = serde_json::from_slice(line)
        .map_err(|error| Trouble::Garbage(format!("{error}: `{}`", line[..line.len().min(200)].escape_ascii())))?;
    Ok((answer.id, answer.answer))
}

#[derive(Debug)]
enum Ask {
    Start,
    Parse(Vec<Parse>),
}

#[derive(Debug)]
struct Running {
    child: Child,
    questions: Sender<Ask>,
    answers: Receiver<Result<Vec<u8>, Trouble>>,
    complaints: Arc<Mutex<VecDeque<String>>>,
    complaining: JoinHandle<()>,
}

impl Running {
    fn start(command: &str, patience: Duration) -> Result<(Running, Started), Trouble> {
        let mut child = Command::new("/bin/sh")
            .args(["-c", command])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| Trouble::NotStarted(format!("`{command}`: {error}")))?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(Trouble::NotStarted("its pipes are missing".to_owned()));
        };
        let (questions, asked) = channel();
        // Answers that nobody has taken yet are bounded: a process that talks without being asked is not read on.
        let (told, answers) = sync_channel(64);
        let complaints = Arc::default();
        std::thread::spawn(move || write_questions(stdin, &asked));
        std::thread::spawn(move || read_answers(stdout, &told));
        let kept = Arc::clone(&complaints);
        let complaining = std::thread::spawn(move || keep_complaints(stderr, &kept));
        let mut running = Running { child, questions, answers, complaints, complaining };
        let _ = running.questions.send(Ask::Start);
        let line = running.answer(patience).map_err(|trouble| Trouble::NotStarted(trouble.to_string()))?;
        match serde_json::from_slice::<Started>(&line) {
            Ok(started) => Ok((running, started)),
            Err(error) => {
                let shown = line[..line.len().min(200)].escape_ascii();
                Err(Trouble::NotStarted(format!(
                    "its answer to `start` is not one of the contract: {error}: `{shown}`"
                )))
            }
        }
    }

    fn answer(&mut self, patience: Duration) -> Result<Vec<u8>, Trouble> {
        match self.answers.recv_timeout(patience) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(Trouble::Silent(patience)),
            Err(RecvTimeoutError::Disconnected) => Err(Trouble::Died(self.ending())),
        }
    }

    /// Exit status or signal, and what it complained about.
    fn ending(&mut self) -> String {
        // Its output is closed; the rest of its end follows at once, unless something else holds its pipes open.
        let mut status = self.child.try_wait();
        for _ in 0..100 {
            if !matches!(status, Ok(None)) && self.complaining.is_finished() {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
            status = self.child.try_wait();
        }
        let how = match status {
            Ok(Some(status)) => match (status.code(), status.signal()) {
                (Some(code), _) => format!("exit status {code}"),
                (None, Some(signal)) => format!("signal {signal}"),
                (None, None) => "it is gone".to_owned(),
            },
            Ok(None) => "it closed its output".to_owned(),
            Err(error) => error.to_string(),
        };
        let complaints = match self.complaints.lock() {
            Ok(complaints) => complaints.iter().map(String::as_str).collect::<Vec<_>>().join("\n"),
            Err(_) => String::new(),
        };
        if complaints.is_empty() { how } else { format!("{how}; its last words:\n{complaints}") }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(id) = i32::try_from(self.child.id()) {
            let _ = killpg(Pid::from_raw(id), Signal::SIGKILL);
        }
        let _ = self.child.wait();
    }
}

fn write_questions(stdin: impl Write, asked: &Receiver<Ask>) {
    let mut stdin = std::io::BufWriter::with_capacity(64 * 1024, stdin);
    while let Ok(ask) = asked.recv() {
        let written = match ask {
            Ask::Start => stdin.write_all(b"{\"do\":\"start\"}\n"),
            Ask::Parse(questions) => questions.iter().try_for_each(|question| writeln!(stdin, "{}", question.line())),
        };
        if written.and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

fn read_answers(stdout: impl Read, told: &SyncSender<Result<Vec<u8>, Trouble>>) {
    let mut stdout = BufReader::with_capacity(64 * 1024, stdout);
    loop {
        let mut line = Vec::new();
        match stdout.by_ref().take(MOST_OCTETS_OF_A_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) if line.ends_with(b"\n") => {
                if told.send(Ok(line)).is_err() {
                    return;
                }
            }
            Ok(length) if (length as u64) < MOST_OCTETS_OF_A_LINE => return,
            Ok(_) => {
                let _ = told.send(Err(Trouble::Garbage("a line longer than is read".to_owned())));
                return;
            }
        }
    }
}

fn keep_complaints(stderr: impl Read, kept: &Mutex<VecDeque<String>>) {
    let mut stderr = BufReader::new(stderr);
    loop {
        let mut line = Vec::new();
        match stderr.by_ref().take(KEPT_OCTETS).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                let Ok(mut kept) = kept.lock() else { return };
                if kept.len() == KEPT_LINES {
                    kept.pop_front();
                }
                kept.push_back(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
        }
    }
}
