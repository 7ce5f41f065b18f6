// Plays a participant with amazon-connect-chatjs as it is published, and records what it is told. In Node and in browsers.

const EVENTS = [
  "onMessage",
  "onTyping",
  "onReadReceipt",
  "onDeliveredReceipt",
  "onParticipantInvited",
  "onChatRehydrated",
  "onEnded",
  "onConnectionEstablished",
  "onConnectionLost",
  "onConnectionBroken",
  "onDeepHeartbeatSuccess",
  "onDeepHeartbeatFailure",
];

let configured = 0;

/** Points the library to a service. It caches its client by region, so each service gets a region of its own. */
export function configure(connect, endpoint) {
  configured += 1;
  const silence = { debug() {}, info() {}, warn() {}, error() {}, advancedLog() {} };
  const region = `local-${configured}`;
  connect.ChatSession.setGlobalConfig({ endpoint, region, loggerConfig: { customizedLogger: silence, advancedLogWriter: "info" } });
  return region;
}

/**
 * A participant's session. The library shares the socket of all sessions on one contact in a process: so of a
 * chat's two sides one gives another ContactId, and takes its items by their InitialContactId.
 */
export function openSession(connect, region, { ContactId, InitialContactId, ParticipantId, ParticipantToken }) {
  const session = connect.ChatSession.create({
    chatDetails: {
      contactId: ContactId,
      initialContactId: InitialContactId ?? ContactId,
      participantId: ParticipantId,
      participantToken: ParticipantToken,
    },
    type: "CUSTOMER",
    options: { region },
    disableCSM: true,
  });
  const events = [];
  for (const name of EVENTS) {
    session[name]?.((event) => events.push({ name, at: Date.now(), data: event?.data ?? {} }));
  }
  return {
    session,
    events,
    /** Calls the library; its refusals come back as plain objects. */
    async call(name, request) {
      try {
        const answer = await session[name](request);
        return { data: answer?.data ?? answer };
      } catch (error) {
        const { type, message, statusCode } = error ?? {};
        const reason = error?.reason ? String(error.reason) : undefined;
        const told = typeof error === "string" ? error : message;
        return { refused: { type, message: told, statusCode, reason, text: JSON.stringify(error) } };
      }
    },
  };
}
