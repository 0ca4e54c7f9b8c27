//! What the orchestrator of the server role does when a subject is not as it should be: dies, hangs, goes away, wavers, or serves one
//! connection at a time. The cases are two files of our own, so that what is expected can be counted.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use wiregauge::corpus::model::{Case, Corpus, Verdict};
use wiregauge::judge::result::CaseResult;
use wiregauge::role::server::{Options, Progress, Reason, Run, Stop, run};
use wiregauge::subject::{Manifest, Subject};

/// Cases whose field `X-Word` tells the subject of the test what to do.
fn corpus(words: &[&str]) -> Corpus {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("field-line");
    std::fs::create_dir(&path).expect("a folder");
    let mut text =
        "format = 1\ntitle = \"A request is answered\"\nrequirements = [\"9112-2.2-1\"]\nroles = [\"server\"]\n"
            .to_owned();
    for word in words {
        let request =
            format!("GET ${{path}} HTTP/1.1\\r\\n\nHost: ${{authority}}\\r\\n\nX-Word: {word}\\r\\n\n\\r\\n\n");
        text.push_str(&format!(
            "\n[[case]]\nid = \"{word}\"\nnote = \"A word.\"\nrequest = '''\n{request}'''\nmeans = {{ accept = 1 }}\n"
        ));
    }
    std::fs::write(path.join("words.toml"), text).expect("a file");
    wiregauge::corpus::load_dir(folder.path()).unwrap_or_else(|errors| panic!("{}", errors[0]))
}

fn options() -> Options {
    Options {
        patience: Duration::from_millis(500),
        total: Duration::from_secs(3),
        courtesy: false,
        ..Options::default()
    }
}

async fn judged(corpus: &Corpus, subject: &Subject, options: &Options) -> Run {
    let selected: Vec<&Case> = corpus.cases.iter().collect();
    run(corpus, &selected, subject, options, &|_| {}).await.expect("a subject that comes up")
}

fn case<'r>(run: &'r Run, word: &str) -> &'r CaseResult {
    let id = format!("field-line/words/{word}");
    let found = run.report.cases.iter().find(|case| case.id == id);
    found.unwrap_or_else(|| panic!("{word} is not reported: {:?}", run.report.subject.headline))
}

fn at(address: SocketAddr) -> Subject {
    Subject::at(&address.to_string(), None, None).expect("an address")
}

/// A subject in Python whose process does what the word says.
fn python(deeds: &str) -> Subject {
    let program = format!(
        r#"
import os, socket, sys, threading, time
hung = threading.Event()
def serve(connection):
    stream = connection.makefile("rb")
    while True:
        head, word = stream.readline(), ""
        if not head: return
        while (line := stream.readline().strip()):
            if line.lower().startswith(b"x-word:"): word = line.split(b":")[1].strip().decode()
        if hung.is_set(): time.sleep(60)
{deeds}
        status = b"400 Bad Request" if b"\0" in head else b"200 OK"
        connection.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
listener = socket.create_server(("127.0.0.1", int(os.environ["PORT"])), backlog=256)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
"#
    );
    let manifest = format!(
        "format = 1\nname = \"words\"\nparallel = 8\n[start]\ncommand = \"python3 {{run}}/server.py\"\nready = {{ timeout = \"20s\" }}\n[start.files]\n\"server.py\" = '''{program}'''\n"
    );
    Subject::of(&Manifest::parse(&manifest, "words.toml").expect("a manifest"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_kills_the_subject_fails_with_its_last_words_and_the_others_pass() {
    let corpus = corpus(&["one", "two", "poison", "three", "four"]);
    let subject = python(
        "        if word == \"poison\": sys.stderr.write(\"fatal: poisoned\\n\"); sys.stderr.flush(); os._exit(9)",
    );
    let run = judged(&corpus, &subject, &options()).await;
    let killer = case(&run, "poison");
    assert_eq!(killer.verdict, Verdict::Fail);
    let because = &killer.findings[0].because;
    assert!(because.contains("exit status 9") && because.contains("fatal: poisoned"), "{because}");
    for word in ["one", "two", "three", "four"] {
        assert_eq!(case(&run, word).verdict, Verdict::Pass, "{word}: {:?}", case(&run, word).findings);
    }
    assert!(!run.report.interrupted && run.accepted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_hangs_the_whole_subject_is_found_too() {
    let words: Vec<String> = (0..6).map(|n| format!("word-{n}")).collect();
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.insert(3, "stun");
    let corpus = corpus(&words);
    let subject = python("        if word == \"stun\": hung.set(); time.sleep(60)");
    let run = judged(&corpus, &subject, &options()).await;
    let killer = case(&run, "stun");
    assert_eq!(killer.verdict, Verdict::Fail);
    assert!(killer.findings[0].because.contains("no longer answers"), "{}", killer.findings[0].because);
    for word in words.iter().filter(|word| **word != "stun") {
        assert_eq!(case(&run, word).verdict, Verdict::Pass, "{word}: {:?}", case(&run, word).findings);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_that_dies_of_everything_is_given_up_after_five_restarts() {
    let words: Vec<String> = (0..20).map(|n| format!("word-{n}")).collect();
    let corpus = corpus(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let subject = python("        if word: os._exit(1)");
    let begun = Instant::now();
    let run = judged(&corpus, &subject, &options()).await;
    let headline = run.report.subject.headline.clone().unwrap_or_default();
    assert!(headline.contains("started again 5 times"), "{headline}");
    assert!(run.report.interrupted);
    let failed = run.report.cases.iter().filter(|case| case.verdict == Verdict::Fail).count();
    assert!((2..=5).contains(&failed), "{failed}");
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

/// A listener of this process: every head goes to `answer` with its number; no answer is no octet and no end.
fn listener<A>(answer: A) -> SocketAddr
where
    A: Fn(usize, &str) -> Option<String> + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    let (answer, number) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (answer, number) = (answer.clone(), number.clone());
            std::thread::spawn(move || converse(&stream, |head| answer(number.fetch_add(1, Ordering::SeqCst), head)));
        }
    });
    address
}

/// Reads head after head and sends what is answered, until the peer ends.
fn converse(stream: &TcpStream, answer: impl Fn(&str) -> Option<String>) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if reader.read_until(b'\n', &mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let text = String::from_utf8_lossy(&head).into_owned();
        let length = text
            .to_ascii_lowercase()
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.lines().next()?.parse().ok());
        let _ = reader.by_ref().take(length.unwrap_or(0)).read_to_end(&mut Vec::new());
        if let Some(answer) = answer(&text)
            && { stream }.write_all(answer.as_bytes()).is_err()
        {
            return;
        }
    }
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const BAD: &str = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";

/// As a server answers that tells right from wrong.
fn fair(head: &str) -> Option<String> {
    let hosts = head.to_ascii_lowercase().matches("\r\nhost:").count();
    let bad = hosts != 1 || head.contains('\0') || head.contains("Length: x");
    Some(if bad { BAD } else { OK }.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_that_wavers_is_inconclusive_with_both_transcripts() {
    let corpus = corpus(&["steady", "wavering"]);
    let asked = AtomicUsize::new(0);
    let address = listener(move |_, head| {
        let wavers = head.contains("wavering") && asked.fetch_add(1, Ordering::SeqCst) == 0;
        if wavers { Some(BAD.to_owned()) } else { fair(head) }
    });
    let run = judged(&corpus, &at(address), &options()).await;
    assert_eq!(case(&run, "steady").verdict, Verdict::Pass);
    let wavering = case(&run, "wavering");
    assert_eq!((wavering.verdict, wavering.outcome.as_deref()), (Verdict::Inconclusive, Some("not-confirmed")));
    assert!(wavering.findings[0].because.contains("alone"), "{}", wavering.findings[0].because);
    let twice = wavering.deliveries.len() + 1;
    assert_eq!(wavering.transcripts.len(), twice);
    assert_eq!(wavering.transcripts.iter().filter(|transcript| transcript.alone).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_that_fails_does_so_twice_and_the_second_time_alone() {
    let corpus = corpus(&["steady", "refused"]);
    let address = listener(|_, head| if head.contains("refused") { Some(BAD.to_owned()) } else { fair(head) });
    let confirmed = Mutex::new(Vec::new());
    let selected: Vec<&Case> = corpus.cases.iter().collect();
    let progress = |progress: Progress<'_>| {
        if let Progress::Confirming { case, .. } = progress {
            confirmed.lock().expect("nobody panicked").push(case.to_owned());
        }
    };
    let run = run(&corpus, &selected, &at(address), &options(), &progress).await.expect("it listens");
    assert_eq!(case(&run, "refused").verdict, Verdict::Fail);
    let confirmed = confirmed.into_inner().expect("nobody panicked");
    assert!(!confirmed.is_empty() && confirmed.iter().all(|id| id.ends_with("refused")), "{confirmed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_that_goes_away_ends_the_run_and_the_report_says_so() {
    let words: Vec<String> = (0..200).map(|n| format!("word-{n}")).collect();
    let corpus = corpus(&words.iter().map(String::as_str).collect::<Vec<_>>());
    // Enough for the probes and some cases; then nobody is answered any more.
    let address = listener(|number, head| if number < 100 { fair(head) } else { None });
    let begun = Instant::now();
    let deliveries = Some([wiregauge::transcript::Delivery::Whole].into());
    let run = judged(&corpus, &at(address), &Options { jobs: Some(4), deliveries, ..options() }).await;
    let headline = run.report.subject.headline.clone().unwrap_or_default();
    assert!(headline.contains("stopped answering"), "{headline}");
    assert!(run.report.interrupted);
    let of = |verdict| run.report.cases.iter().filter(|case| case.verdict == verdict).count();
    assert!(of(Verdict::Pass) > 0 && of(Verdict::Inconclusive) > 0, "{:?}", run.report.summary);
    assert_eq!(of(Verdict::Pass) + of(Verdict::Inconclusive), 200);
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_at_a_time_is_enough() {
    let corpus = corpus(&["one", "two", "three"]);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            converse(&stream, fair);
        }
    });
    let run = judged(&corpus, &at(address), &options()).await;
    assert_eq!(run.report.subject.jobs, 1);
    for word in ["one", "two", "three"] {
        assert_eq!(case(&run, word).verdict, Verdict::Pass, "{word}: {:?}", case(&run, word).findings);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_connections_than_jobs_are_open_at_once() {
    let words: Vec<String> = (0..20).map(|n| format!("word-{n}")).collect();
    let corpus = corpus(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = (now.clone(), most.clone());
    let address = listener(move |_, head| {
        if head.contains("X-Word") {
            let mine = counted.0.fetch_add(1, Ordering::SeqCst) + 1;
            counted.1.fetch_max(mine, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(5));
            counted.0.fetch_sub(1, Ordering::SeqCst);
        }
        fair(head)
    });
    let run = judged(&corpus, &at(address), &Options { jobs: Some(3), ..options() }).await;
    assert_eq!(run.report.subject.jobs, 3);
    let most = most.load(Ordering::SeqCst);
    assert!((2..=3).contains(&most), "{most}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_failure_ends_a_fast_run() {
    let words: Vec<String> = (0..100).map(|n| format!("word-{n}")).collect();
    let corpus = corpus(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let address = listener(|_, head| if head.contains("X-Word") { Some(BAD.to_owned()) } else { fair(head) });
    let run = judged(&corpus, &at(address), &Options { fail_fast: true, jobs: Some(4), ..options() }).await;
    assert!(run.report.interrupted && run.report.cases.len() < 100, "{}", run.report.cases.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_stopped_from_outside_or_by_its_time_and_tells_what_was_done() {
    let corpus = corpus(&["silent", "answered"]);
    let silent = |_: usize, head: &str| if head.contains("silent") { None } else { fair(head) };
    let patient =
        Options { patience: Duration::from_secs(60), total: Duration::from_secs(60), jobs: Some(8), ..options() };

    let (stopper, stop) = Stop::pair();
    let soon = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(700)).await;
        stopper.stop(Reason::Terminate);
    });
    let begun = Instant::now();
    let run = judged(&corpus, &at(listener(silent)), &Options { stop, ..patient.clone() }).await;
    soon.await.expect("it slept");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!((run.report.interrupted, run.stopped), (true, Some(Reason::Terminate)));
    assert_eq!(case(&run, "answered").verdict, Verdict::Pass);
    assert_eq!(run.report.cases.len(), 1);

    let begun = Instant::now();
    let limited = Options { max_time: Some(Duration::from_millis(700)), ..patient };
    let run = judged(&corpus, &at(listener(silent)), &limited).await;
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!((run.report.interrupted, run.stopped), (true, None));
    assert_eq!(case(&run, "answered").verdict, Verdict::Pass);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listening_is_no_subject_and_the_first_line_says_so() {
    let unused = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("bound");
    let run = judged(&corpus(&["one"]), &at(unused), &options()).await;
    assert!(!run.accepted && run.report.cases.is_empty());
    assert!(run.report.subject.headline.is_some_and(|line| line.contains("no connection to")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_that_claims_too_much_is_told_so() {
    let mut subject = at(listener(|_, head| fair(head)));
    subject.claims.level = Some(wiregauge::corpus::model::Observability::Echo);
    let run = judged(&corpus(&["one"]), &subject, &options()).await;
    assert!(run.report.subject.headline.as_ref().is_some_and(|line| line.contains("claims")));
    assert_eq!(case(&run, "one").verdict, Verdict::Pass);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_that_a_seed_gives_changes_no_verdict() {
    let corpus = corpus(&["one", "two", "refused", "three"]);
    let address = listener(|_, head| if head.contains("refused") { Some(BAD.to_owned()) } else { fair(head) });
    let mut verdicts = Vec::new();
    for shuffle in [None, Some(1), Some(2)] {
        let run = judged(&corpus, &at(address), &Options { shuffle, ..options() }).await;
        verdicts.push(run.report.cases.iter().map(|case| (case.id.clone(), case.verdict)).collect::<Vec<_>>());
    }
    assert!(verdicts.windows(2).all(|pair| pair[0] == pair[1]), "{verdicts:?}");
}
