//! Readers that read, that stop, and that go.

use std::sync::{Mutex, PoisonError};

use super::*;

/// A reader that takes nothing until it is let.
#[derive(Clone, Default)]
struct Reader {
    read: Arc<Mutex<Vec<u8>>>,
    stopped: Arc<Mutex<()>>,
}

impl Reader {
    fn text(&self) -> String {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&read).into_owned()
    }
}

impl Write for Reader {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _going_on = self.stopped.lock();
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn both_streams_keep_the_order_and_the_end_waits_for_them() {
    let both = Reader::default();
    let output = Output::to(both.clone(), both.clone()).expect("a thread");
    output.say("ready");
    let mut lines = output.lines();
    writeln!(lines, "a call").expect("never");
    output.complain("stopping");
    drop(output);
    assert_eq!(both.text(), "ready\na call\nlocal: stopping\n");
}

#[test]
fn what_nobody_reads_holds_nothing_up_and_is_counted_when_reading_goes_on() {
    let (out, err) = (Reader::default(), Reader::default());
    let output = Output::to(out.clone(), err.clone()).expect("a thread");
    let stopped = err.stopped.lock().expect("a reader");
    let more = WAITING + 100;
    for n in 0..more {
        output.complain(&n.to_string());
    }
    drop(stopped);
    // Once there is room again.
    while !err.text().contains("left out") {
        thread::sleep(PAUSE);
    }
    output.complain("read again");
    drop(output);
    let text = err.text();
    let (before, after) = text
        .split_once("local: lines left out here, since nobody read them: ")
        .expect("a count");
    let (count, after) = after.split_once('\n').expect("lines");
    let count: usize = count.parse().expect("a number");
    assert_eq!(before.lines().count() + count, more);
    assert!(before.starts_with("local: 0\nlocal: 1\n"));
    assert_eq!(after, "local: read again\n");
}

#[test]
fn the_end_does_not_wait_for_ever() {
    let err = Reader::default();
    let output = Output::to(Reader::default(), err.clone()).expect("a thread");
    let _stopped = err.stopped.lock().expect("a reader");
    for _ in 0..WAITING + 2 {
        output.complain("unread");
    }
    let began = Instant::now();
    drop(output);
    assert!(began.elapsed() < 5 * PATIENCE);
}

#[test]
fn a_reader_who_has_gone_is_no_trouble() {
    let (reader, writer) = io::pipe().expect("a pipe");
    drop(reader);
    let output = Output::to(Reader::default(), writer).expect("a thread");
    output.complain("unheard");
    output.complain("unheard too");
}
