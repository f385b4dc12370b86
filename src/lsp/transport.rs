//! Standard input and output as a connection: frames of the base protocol, read so that nothing a client sends ends the
//! server.

use std::io::{self, BufRead, Read as _, Write as _};
use std::thread::{self, JoinHandle};

use lsp_server::{Connection, ErrorCode, Message, Notification, RequestId, Response};
use serde_json::{Value, json};

/// The longest message that is read, in bytes; longer ones are passed over.
const LONGEST: u64 = 1 << 30;

/// The longest line of a header, in bytes.
const LONGEST_LINE: u64 = 1 << 13;

/// A connection over standard input and output, and the thread that writes: it ends when all is written.
///
/// # Errors
/// Threads that can't be started.
pub fn stdio() -> io::Result<(Connection, JoinHandle<()>)> {
    let (server, client) = Connection::memory();
    let Connection { sender, receiver } = client;
    let replies = server.sender.clone();
    thread::Builder::new().name("reader".to_owned()).spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            match read(&mut input) {
                Ok(Frame::Message(message)) => {
                    let last = matches!(&*message, Message::Notification(one) if one.method == "exit");
                    if sender.send(*message).is_err() || last {
                        return;
                    }
                }
                Ok(Frame::Wrong(why, id)) => {
                    // Who waits for an answer gets one.
                    let answer = id.map(|id| Response::new_err(id, ErrorCode::InvalidRequest as i32, why.clone()));
                    let params = json!({ "type": 1, "message": format!("a message can't be read: {why}") });
                    let told = Notification { method: "window/logMessage".to_owned(), params };
                    let mut sent = answer.map(Message::from).into_iter().chain([told.into()]);
                    if sent.any(|message| replies.send(message).is_err()) {
                        return;
                    }
                }
                // The client is gone.
                Ok(Frame::End) | Err(_) => return,
            }
        }
    })?;
    let writer = thread::Builder::new().name("writer".to_owned()).spawn(move || {
        let mut output = io::stdout().lock();
        for message in receiver {
            if message.write(&mut output).and_then(|()| output.flush()).is_err() {
                return;
            }
        }
    })?;
    Ok((server, writer))
}

/// What came in.
#[derive(Debug)]
enum Frame {
    Message(Box<Message>),
    /// Something that is no message, and the name of the request that it may have meant to be; the next one may be one.
    Wrong(String, Option<RequestId>),
    End,
}

/// # Errors
/// Those of the input.
fn read(input: &mut dyn BufRead) -> io::Result<Frame> {
    let mut length = None;
    let mut any = false;
    loop {
        let mut line = Vec::new();
        if io::Read::take(&mut *input, LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(Frame::End);
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            if any {
                break;
            }
            continue;
        }
        any = true;
        let text = String::from_utf8_lossy(line);
        match text.split_once(':') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse::<u64>().ok();
            }
            _ => {}
        }
    }
    let Some(length) = length else { return Ok(Frame::Wrong("its header gives no length".to_owned(), None)) };
    if length > LONGEST {
        let passed = io::copy(&mut io::Read::take(&mut *input, length), &mut io::sink())?;
        let frame = Frame::Wrong(format!("it is longer than {} MiB", LONGEST >> 20), None);
        return Ok(if passed < length { Frame::End } else { frame });
    }
    let mut body = Vec::new();
    if (io::Read::take(input, length).read_to_end(&mut body)? as u64) < length {
        return Ok(Frame::End);
    }
    Ok(match serde_json::from_slice(&body) {
        // What has a method is no answer, whatever else is wrong with it.
        Ok(Message::Response(_)) if waits(&body).is_some() => {
            Frame::Wrong("its method is no text".to_owned(), waits(&body))
        }
        Ok(message) => Frame::Message(Box::new(message)),
        Err(error) => Frame::Wrong(error.to_string(), waits(&body)),
    })
}

/// The name of a request in something that is no message: whatever has a method and an identifier.
fn waits(body: &[u8]) -> Option<RequestId> {
    let value: Value = serde_json::from_slice(body).ok()?;
    value.get("method")?;
    serde_json::from_value(value.get("id")?.clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(mut text: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        loop {
            match read(&mut text).unwrap() {
                Frame::Message(message) => found.push(match *message {
                    Message::Request(request) => request.method,
                    Message::Notification(notification) => notification.method,
                    Message::Response(_) => "response".to_owned(),
                }),
                Frame::Wrong(why, None) => found.push(format!("wrong: {why}")),
                Frame::Wrong(_, Some(id)) => found.push(format!("{id} waits")),
                Frame::End => return found,
            }
        }
    }

    #[test]
    fn messages_follow_each_other_whatever_stands_between() {
        let body = r#"{"jsonrpc":"2.0","method":"a"}"#;
        let good = format!("content-length: {}\r\nContent-Type: x\r\n\r\n{body}", body.len());
        let text = format!("{good}Content-Length: 3\r\n\r\n{{x}}X: y\r\n\r\n{good}");
        let found = frames(text.as_bytes());
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!((found[0].as_str(), found[3].as_str()), ("a", "a"));
        assert!(found[1].starts_with("wrong") && found[2].starts_with("wrong"), "{found:?}");
    }

    #[test]
    fn who_waits_for_an_answer_to_nonsense_is_known() {
        let frame = |body: &str| frames(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
        assert_eq!(frame(r#"{"jsonrpc":"2.0","id":7,"method":3}"#), ["7 waits"]);
        for nobody in [r#"[{"id":7,"method":"a"}]"#, r#"{"id":[],"method":3}"#] {
            assert!(frame(nobody)[0].starts_with("wrong"), "{nobody}");
        }
    }

    #[test]
    fn lengths_that_nobody_can_mean_take_no_memory() {
        assert!(frames(b"Content-Length: 99999999999999\r\n\r\nx").is_empty());
        assert!(frames(b"Content-Length: 50\r\n\r\n{}").is_empty());
        assert_eq!(frames(b"Content-Length: -1\r\n\r\n"), ["wrong: its header gives no length"]);
    }
}
