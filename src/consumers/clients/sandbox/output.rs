//! What a command prints: read as fast as it comes, kept in part.

use std::collections::VecDeque;
use std::io::Read;
use std::process::Child;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many bytes are kept of the start of standard output: the list of a repository with 10 000 referrers.
pub const OUTPUT: usize = 4 << 20;
/// How many bytes are kept of the end of standard error, where programs say why they fail.
pub const ERROR_OUTPUT: usize = 64 << 10;

/// How long a pipe may stay open after all processes have ended.
const PATIENCE: Duration = Duration::from_secs(2);

/// Which part is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Start(usize),
    End(usize),
}

#[derive(Debug, Default)]
struct Kept {
    bytes: VecDeque<u8>,
    is_cut: bool,
}

impl Kept {
    fn add(&mut self, bytes: &[u8], part: Part) {
        match part {
            Part::Start(most) => {
                let room = most - self.bytes.len();
                self.is_cut |= bytes.len() > room;
                self.bytes.extend(&bytes[..bytes.len().min(room)]);
            }
            Part::End(most) => {
                self.bytes.extend(bytes);
                let surplus = self.bytes.len().saturating_sub(most);
                self.is_cut |= surplus > 0;
                self.bytes.drain(..surplus);
            }
        }
    }
}

/// A pipe that a thread reads.
#[derive(Debug)]
pub(super) struct Drain {
    kept: Arc<Mutex<Kept>>,
    closed: Receiver<()>,
}

impl Drain {
    /// Reads `pipe` on a thread until all processes have closed it.
    pub fn start(pipe: Option<impl Read + Send + 'static>, part: Part) -> Self {
        let kept = Arc::new(Mutex::new(Kept::default()));
        let (sender, closed) = mpsc::channel();
        let ours = Arc::clone(&kept);
        std::thread::spawn(move || {
            // Dropped with the thread: that is the message.
            let _sender = sender;
            let Some(mut pipe) = pipe else { return };
            let mut buffer = vec![0; 64 << 10];
            loop {
                match pipe.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(count) => ours.lock().unwrap_or_else(PoisonError::into_inner).add(&buffer[..count], part),
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
        });
        Self { kept, closed }
    }

    /// What is kept so far.
    pub fn so_far(&self) -> Vec<u8> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).bytes.iter().copied().collect()
    }

    /// What is kept, and whether it is all. The processes must have ended; one that escaped does not hold this up for long.
    pub fn finish(self) -> (Vec<u8>, bool) {
        let is_open = self.closed.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout);
        let kept = self.so_far();
        let is_cut = self.kept.lock().unwrap_or_else(PoisonError::into_inner).is_cut;
        (kept, !is_cut && !is_open)
    }
}

/// Waits for a process to end, with growing pauses.
pub(super) fn ends_within(child: &mut Child, time: Duration) -> bool {
    let (start, mut pause) = (Instant::now(), Duration::from_micros(200));
    loop {
        // An error means that there is nothing to wait for.
        if child.try_wait().map_or(true, |status| status.is_some()) {
            return true;
        }
        if start.elapsed() >= time {
            return false;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(part: Part) -> (String, bool) {
        let (bytes, is_complete) = Drain::start(Some(&b"0123456789"[..]), part).finish();
        (String::from_utf8(bytes).unwrap(), is_complete)
    }

    #[test]
    fn the_start_or_the_end_is_kept() {
        assert_eq!(kept(Part::Start(4)), ("0123".to_owned(), false));
        assert_eq!(kept(Part::End(4)), ("6789".to_owned(), false));
        assert_eq!(kept(Part::Start(10)), ("0123456789".to_owned(), true));
        assert_eq!(kept(Part::End(10)), ("0123456789".to_owned(), true));
    }
}
