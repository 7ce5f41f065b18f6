//! Secrets changed by the SDK's own client, on a stand-in that keeps versions and labels as Secrets Manager does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use operate::secrets::{
    AccessKeys, KeyName, KeySecret, SecretError, SecretStore, SigningKeyId, SigningKeys, Version,
};
use serde_json::{Value, json};

use crate::standin::{Answer, Standin, refusal};

pub(crate) const ARN: &str = "arn:aws:secretsmanager:us-east-1:1:secret:chat-keys-AbCdEf";
pub(crate) const ACCESS: &str = r#"{"backend-1":"0123456789abcdef0123456789abcdef"}"#;
const SIGNING: &str = r#"{"signs_with":"1","1":"0123456789abcdef0123456789abcdef"}"#;

/// What Secrets Manager keeps of one secret.
pub(crate) struct Kept {
    versions: BTreeMap<String, String>,
    pub(crate) labels: BTreeMap<String, String>,
    calls: Vec<String>,
    /// What is answered to the move of a label that is carried out.
    carried_out: Option<&'static str>,
    /// What is answered to one that is not.
    turned_down: Option<&'static str>,
    /// Whether nothing can be read once a label was to move.
    unreadable_then: bool,
}

#[derive(Clone)]
pub(crate) struct Manager(Arc<Mutex<Kept>>);

impl Manager {
    pub(crate) fn with(secret: &str) -> Self {
        Self(Arc::new(Mutex::new(Kept {
            versions: BTreeMap::from([("first".to_owned(), secret.to_owned())]),
            labels: BTreeMap::from([("AWSCURRENT".to_owned(), "first".to_owned())]),
            calls: Vec::new(),
            carried_out: None,
            turned_down: None,
            unreadable_then: false,
        })))
    }

    pub(crate) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn current(&self) -> Value {
        let kept = self.kept();
        let text = &kept.versions[&kept.labels["AWSCURRENT"]];
        serde_json::from_str(text).expect("JSON")
    }

    pub(crate) async fn store(&self) -> (SecretStore, Standin) {
        let manager = self.clone();
        let server = Standin::start(move |call, body| manager.kept().answer(call, body)).await;
        let config = engine::sdk_config(&server.url);
        (SecretStore::from_config(&config, ARN), server)
    }
}

impl Kept {
    fn answer(&mut self, call: &str, body: &Value) -> Answer {
        self.calls.push(call.to_owned());
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        if text("SecretId").as_deref() != Some(ARN) {
            return refusal("ResourceNotFoundException");
        }
        match call {
            "GetSecretValue" if self.unreadable_then && self.calls.len() > 2 => {
                refusal("AccessDeniedException")
            }
            "GetSecretValue" => {
                let version = &self.labels["AWSCURRENT"];
                let secret = &self.versions[version];
                (
                    200,
                    json!({"ARN": ARN, "VersionId": version, "SecretString": secret}),
                )
            }
            "PutSecretValue" => {
                let version = text("ClientRequestToken").expect("a name for the version");
                assert!((32..=64).contains(&version.len()), "{version}");
                let secret = text("SecretString").expect("a secret");
                assert!(self.versions.insert(version.clone(), secret).is_none());
                for label in body["VersionStages"].as_array().expect("labels") {
                    let label = label.as_str().expect("a label").to_owned();
                    self.labels.insert(label, version.clone());
                }
                (200, json!({"ARN": ARN, "VersionId": version}))
            }
            "UpdateSecretVersionStage" => {
                let label = text("VersionStage").expect("a label");
                let from = text("RemoveFromVersionId").expect("a version");
                if let Some(code) = self.turned_down {
                    return refusal(code);
                }
                if self.labels.get(&label) != Some(&from) {
                    return refusal("InvalidParameterException");
                }
                let to = text("MoveToVersionId").expect("a version");
                assert!(self.versions.contains_key(&to));
                self.labels.insert(label, to);
                if let Some(code) = self.carried_out {
                    return refusal(code);
                }
                (200, json!({"ARN": ARN}))
            }
            other => panic!("{other}"),
        }
    }
}

fn name(text: &str) -> KeyName {
    KeyName::parse(text).expect("a name")
}

fn fresh() -> KeySecret {
    KeySecret::random().expect("randomness")
}

#[tokio::test]
async fn an_access_key_is_issued_and_another_one_revoked() {
    let manager = Manager::with(ACCESS);
    let (store, _server) = manager.store().await;
    let (mut keys, version) = store.read::<AccessKeys>().await.expect("keys");
    let secret = fresh();
    keys.issue(&name("backend-2"), &secret).expect("a new name");
    let second = store.write(&keys, &version).await.expect("written");
    assert_ne!(second, version);
    assert_eq!(manager.current()["backend-2"], secret.reveal());
    assert_eq!(
        manager.current()["backend-1"],
        "0123456789abcdef0123456789abcdef"
    );

    let (mut keys, version) = store.read::<AccessKeys>().await.expect("keys");
    assert_eq!(version, second);
    keys.revoke(&name("backend-1")).expect("a known name");
    store.write(&keys, &version).await.expect("written");
    assert_eq!(manager.current(), json!({"backend-2": secret.reveal()}));
    let once = [
        "GetSecretValue",
        "PutSecretValue",
        "UpdateSecretVersionStage",
    ];
    assert_eq!(manager.kept().calls, [once, once].concat());
}

/// What is written is what the functions read.
#[tokio::test]
async fn signing_keys_rotate_step_by_step_and_the_service_takes_every_step() {
    let manager = Manager::with(SIGNING);
    let (store, _server) = manager.store().await;
    let two = SigningKeyId::parse("2").expect("an id");
    let one = SigningKeyId::parse("1").expect("an id");
    type Step<'a> = Box<dyn Fn(&mut SigningKeys) + 'a>;
    let steps: [(Step<'_>, &str, &[&str]); 3] = [
        (
            Box::new(|keys| assert_eq!(keys.add(&fresh()), Ok("2".to_owned()))),
            "1",
            &["1", "2"],
        ),
        (
            Box::new(|keys| assert_eq!(keys.sign_with(&two), Ok(()))),
            "2",
            &["1", "2"],
        ),
        (
            Box::new(|keys| assert_eq!(keys.remove(&one), Ok(()))),
            "2",
            &["2"],
        ),
    ];
    for (step, signer, ids) in steps {
        let (mut keys, version) = store.read::<SigningKeys>().await.expect("keys");
        step(&mut keys);
        store.write(&keys, &version).await.expect("written");
        let (keys, _) = store.read::<SigningKeys>().await.expect("keys");
        assert_eq!((keys.signer(), &*keys.ids()), (signer, ids));
        let current = manager.current();
        let pairs = current.as_object().expect("an object").iter();
        let pairs = pairs.filter(|(id, _)| *id != "signs_with");
        let pairs = pairs.map(|(id, secret)| (id.as_str(), secret.as_str().expect("a text")));
        let taken = api::SigningKeys::new(signer, pairs);
        taken.expect("the service takes them");
    }
}

#[tokio::test]
async fn of_two_who_change_a_secret_at_once_one_is_told_so_and_nothing_is_lost() {
    let manager = Manager::with(ACCESS);
    let (store, _server) = manager.store().await;
    let (mut mine, my_version) = store.read::<AccessKeys>().await.expect("keys");
    let (mut theirs, their_version) = store.read::<AccessKeys>().await.expect("keys");
    theirs.issue(&name("theirs"), &fresh()).expect("a new name");
    store.write(&theirs, &their_version).await.expect("written");
    mine.issue(&name("mine"), &fresh()).expect("a new name");
    let written = store.write(&mine, &my_version).await;
    assert!(matches!(written, Err(SecretError::Changed)), "{written:?}");
    let current = manager.current();
    let names: Vec<&String> = current.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["backend-1", "theirs"]);
}

/// What is written by somebody who issues a key.
async fn issue(manager: &Manager) -> Result<Version, SecretError> {
    let (store, _server) = manager.store().await;
    let (mut keys, version) = store.read::<AccessKeys>().await.expect("keys");
    keys.issue(&name("backend-2"), &fresh())
        .expect("a new name");
    store.write(&keys, &version).await
}

#[tokio::test]
async fn an_answer_that_was_lost_is_no_reason_to_withhold_the_key() {
    for code in ["InvalidParameterException", "InternalServiceError", "Lost"] {
        let manager = Manager::with(ACCESS);
        manager.kept().carried_out = Some(code);
        let written = issue(&manager).await;
        assert!(written.is_ok(), "{code}: {written:?}");
        assert!(manager.current()["backend-2"].is_string());
    }
}

#[tokio::test]
async fn a_change_that_failed_is_told_as_what_it_was_and_one_that_nobody_knows_of_as_such() {
    let manager = Manager::with(ACCESS);
    manager.kept().turned_down = Some("AccessDeniedException");
    let error = issue(&manager).await.expect_err("refused");
    let told = "UpdateSecretVersionStage: AccessDeniedException";
    assert_eq!(error.to_string(), told);
    assert!(manager.current()["backend-2"].is_null());

    let manager = Manager::with(ACCESS);
    manager.kept().carried_out = Some("Lost");
    manager.kept().unreadable_then = true;
    let written = issue(&manager).await;
    assert!(matches!(written, Err(SecretError::Unsure)), "{written:?}");
}

#[tokio::test]
async fn what_fails_is_named_and_no_secret_is_shown() {
    let manager = Manager::with("SECRET");
    let (store, server) = manager.store().await;
    let error = store.read::<AccessKeys>().await.expect_err("no keys");
    assert_eq!(error.to_string(), "this secret does not hold access keys");
    let config = engine::sdk_config(&server.url);
    let elsewhere = SecretStore::from_config(&config, "another");
    let error = elsewhere
        .read::<SigningKeys>()
        .await
        .expect_err("no secret");
    assert_eq!(
        error.to_string(),
        "GetSecretValue: ResourceNotFoundException"
    );
}
