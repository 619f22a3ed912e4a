//! A bare client of the simulated GitHub: what is sent is in the test, byte for byte.

use crate::server_bench::{Answer, KEY, read_answer};
use crate::sim_bench::{APP_ID, REPO};
use deckhand::sim::SimHandle;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use std::fmt::Write as _;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

pub(crate) struct Client {
    pub(crate) sim: SimHandle,
    pub(crate) token: String,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Client {
    /// With a token of the app's installation for the one repository.
    pub(crate) async fn installed(sim: &SimHandle, repository: u64, installation: u64) -> Client {
        let mut client = Client::app(sim, 540);
        let path = format!("/app/installations/{installation}/access_tokens");
        let minted = client.post(&path, &json!({ "repository_ids": [repository] })).await;
        assert_eq!(minted.status, 201, "{}", minted.body);
        client.token = json_of(&minted)["token"].as_str().unwrap().to_owned();
        client
    }

    /// As the app itself, with a token that ends in so many seconds.
    pub(crate) fn app(sim: &SimHandle, life: i64) -> Client {
        let now = sim.clock().now();
        let claims = json!({ "iat": now - 30, "exp": now + life, "iss": APP_ID.to_string() });
        let key = EncodingKey::from_rsa_pem(KEY.as_bytes()).unwrap();
        let token = encode(&Header::new(Algorithm::RS256), &claims, &key).unwrap();
        Client { sim: sim.clone(), token, headers: vec![("user-agent", "test".to_owned())] }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body.to_string())).await
    }

    /// Below the API's root; a path that begins with a letter is below the repository.
    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<String>) -> Answer {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/repos/{REPO}/{path}") };
        let mut head = format!("{method} /api{path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n");
        let mut headers = self.headers.clone();
        if !self.token.is_empty() {
            headers.push(("authorization", format!("Bearer {}", self.token)));
        }
        for (name, value) in headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        let body = body.unwrap_or_default();
        write!(head, "content-length: {}\r\n\r\n{body}", body.len()).unwrap();
        exchange(&self.sim, &head).await
    }
}

/// Sends bytes and reads the answer to its end.
pub(crate) async fn exchange(sim: &SimHandle, bytes: &str) -> Answer {
    let address = sim.web_url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    read_answer(&mut stream).await
}

pub(crate) fn json_of(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("no JSON: {}", answer.body))
}
