//! Signs requests as AWS's SDKs do, with their own crate.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use domain::Timestamp;

/// Who signs, for what, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signer {
    pub(crate) id: &'static str,
    pub(crate) secret: &'static str,
    pub(crate) service: &'static str,
    /// How far the signer's clock is from the service's, in seconds.
    pub(crate) ahead: i64,
}

impl Signer {
    /// The holder of the access key that the service knows.
    pub(crate) const BACKEND: Signer = Signer {
        id: "local",
        secret: "local",
        service: "connect",
        ahead: 0,
    };

    /// The headers that the signature adds.
    pub(crate) fn headers(
        &self,
        method: &str,
        uri: &str,
        headers: &[(String, String)],
        body: &[u8],
        now: Timestamp,
    ) -> Vec<(String, String)> {
        let identity = Credentials::new(self.id, self.secret, None, None, "test").into();
        let at = now.as_seconds().saturating_add_signed(self.ahead);
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name(self.service)
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(at))
            .settings(SigningSettings::default())
            .build()
            .expect("all parameters are given")
            .into();
        let headers = headers.iter().map(|(name, value)| (&**name, &**value));
        let body = SignableBody::Bytes(body);
        let request = SignableRequest::new(method, uri, headers, body).expect("a request");
        let signed = sign(request, &params).expect("the request can be signed");
        let added = signed.output().headers();
        added
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}
