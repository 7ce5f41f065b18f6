//! Who is calling the control operations: a backend that signs, a customer whose token a gateway verified, or nobody known.

use domain::CustomerId;

use crate::call::Call;
use crate::limits::CUSTOMER_LENGTH;
use crate::problem::Problem;
use crate::service::Settings;
use crate::signature::{AccessKeyId, SignedCall, verify};

/// Why a caller is not known: the answer does not say it, and a local log does.
#[derive(thiserror::Error, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallerFault {
    /// No credential at all.
    #[error(
        "the call is not signed: it takes a signature of an access key of this service (AWS Signature Version 4)"
    )]
    Unsigned,
    /// No signature, and a participant's token.
    #[error(
        "a participant's token is given: this call takes a signature of an access key of this service"
    )]
    Bearer,
    /// An `Authorization` header that is no signature, and that no gateway has verified.
    #[error(
        "the Authorization header holds no AWS signature, and nothing in front of this service has verified what it holds"
    )]
    Unverified,
    /// A verified token, without an id of a customer in the claim that is configured.
    #[error("the verified token has no id of a customer in the claim that CUSTOMER_CLAIM names")]
    NoCustomer,
}

impl CallerFault {
    /// Every fault.
    pub const ALL: [CallerFault; 4] = [
        Self::Unsigned,
        Self::Bearer,
        Self::Unverified,
        Self::NoCustomer,
    ];

    /// What is wrong with a call that has no signature.
    fn of_unsigned(call: &Call) -> Problem {
        let has = |name| call.headers.contains_key(name);
        Problem::Unknown(if has("authorization") {
            Self::Unverified
        } else if has("x-amz-bearer") {
            Self::Bearer
        } else {
            Self::Unsigned
        })
    }
}

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The holder of an access key that this deployment issued.
    Backend(AccessKeyId),
    /// A customer, by the claim of a token that the gateway in front has verified.
    Customer(CustomerId),
    /// Somebody unknown, where that is allowed.
    Anonymous,
}

impl Caller {
    /// Who is calling an operation that customers may call for themselves.
    ///
    /// # Errors
    /// When a signature does not hold, when a credential is there that nobody has verified, and when
    /// nothing is there although the deployment wants to know its callers.
    pub fn of(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        if let Some(key) = signer(call, settings)? {
            return Ok(Self::Backend(key));
        }
        if let Some(claims) = &call.claims {
            let customer = claims.0.get(&settings.customer_claim);
            return customer
                .filter(|id| CUSTOMER_LENGTH.contains(&id.chars().count()))
                .map(|id| Self::Customer(CustomerId(id.clone())))
                .ok_or(Problem::Unknown(CallerFault::NoCustomer));
        }
        if settings.anonymous_start && !call.headers.contains_key("authorization") {
            return Ok(Self::Anonymous);
        }
        Err(CallerFault::of_unsigned(call))
    }

    /// Who is calling an operation that is for backends, and for customers who are known.
    ///
    /// # Errors
    /// As [`Caller::of`]; when the caller is nobody known, wherever chats may be started so.
    pub fn known(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        match Self::of(call, settings)? {
            Self::Anonymous => Err(CallerFault::of_unsigned(call)),
            known => Ok(known),
        }
    }

    /// The key of a backend that signed the call: nobody else may call the operation.
    ///
    /// # Errors
    /// When the call is not signed, or not rightly.
    pub fn backend(call: &Call, settings: &Settings) -> Result<AccessKeyId, Problem> {
        signer(call, settings)?.ok_or_else(|| CallerFault::of_unsigned(call))
    }

    /// What the caller is called in the hash behind a ClientToken: callers' tokens never meet.
    pub(crate) fn scope(&self) -> [&[u8]; 2] {
        match self {
            Self::Backend(key) => [b"key", key.as_ref().as_bytes()],
            Self::Customer(CustomerId(id)) => [b"customer", id.as_bytes()],
            Self::Anonymous => [b"anonymous", b""],
        }
    }
}

fn signer(call: &Call, settings: &Settings) -> Result<Option<AccessKeyId>, Problem> {
    let signed = call
        .headers
        .get_all("authorization")
        .iter()
        .any(|value| value.as_bytes().starts_with(b"AWS4-"));
    if !signed {
        return Ok(None);
    }
    let signed = SignedCall {
        method: call.method.as_str(),
        path: &call.path,
        query: &call.query,
        headers: &call.headers,
        body: &call.body,
    };
    verify(&signed, &settings.access_keys, call.now.as_seconds())
        .map(|key| Some(key.clone()))
        .map_err(Problem::Signature)
}
