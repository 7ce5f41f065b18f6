//! Requests as a backend signs them: AWS Signature Version 4, by AWS's own crate.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;

/// The headers that sign a request with the local server's access key.
pub(crate) fn signature(
    method: &str,
    host: &str,
    path: &str,
    body: &[u8],
) -> Result<Vec<(String, String)>, Box<dyn std::error::Error + Send + Sync>> {
    let identity = Credentials::new("local", "local", None, None, "load").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("connect")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()?
        .into();
    let url = format!("http://{host}{path}");
    let headers = [("host", host)].into_iter();
    let request = SignableRequest::new(method, url, headers, SignableBody::Bytes(body))?;
    let (signed, _) = sign(request, &params)?.into_parts();
    let headers = signed.headers();
    Ok(headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}
