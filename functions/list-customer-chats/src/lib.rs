//! The handler of ListCustomerChats, the chats that a customer can come back to.

use api::operations::list_customer_chats::Request;
use api::{Call, Caller, Operation, Problem, Reply, Service};
use domain::{CustomerIndex, Log};

/// Lists a customer's chats, for a backend or for the customer himself.
pub async fn handle<L: Log + CustomerIndex>(service: &Service<L>, call: Call) -> Reply {
    let chats = list(service, &call);
    lambda::answer(Operation::ListCustomerChats, &call, chats).await
}

async fn list<L: Log + CustomerIndex>(service: &Service<L>, call: &Call) -> Result<Reply, Problem> {
    let settings = &service.settings;
    let caller = Caller::known(call, settings)?;
    let request = Request::parse(call, &caller, settings)?;
    let found = domain::customer_chats(
        &service.log,
        &request.instance,
        &request.customer,
        request.before,
        request.limit,
        call.now,
    )
    .await?;
    Ok(request.reply(call, settings, &found))
}
