using System.Globalization;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.AspNetCore.Answers;

/// <summary>The one table from outcomes to answers. Handlers do not invent their own.</summary>
internal static class AnswerTable
{
    /// <summary>What the relay tells a client that declares a length or an offset which no file has.</summary>
    public static readonly Answer BadNumber = new(400, "bad_number", string.Create(
        CultureInfo.InvariantCulture,
        $"A length or an offset is a whole number, at most {TransferDescription.LargestLength}."));

    /// <summary>What the relay tells a client that would make a link of a link too often.</summary>
    public static readonly Answer LinkTooDeep = new(403, "link_too_deep", string.Create(
        CultureInfo.InvariantCulture,
        $"No further link can be made from this one: it is {Token.MaxDepth} links away from the first token."));

    /// <summary>
    /// What the relay tells a sender: the sender's own failure as a client's error, a receiver's failure as a gateway would (502, 504).
    /// </summary>
    public static Answer ForSender(TransferError error) => error switch
    {
        TransferError.UnknownToken => new(404, "unknown_token", "Unknown or expired token."),
        TransferError.TokenSpent => new(410, "token_spent", "The token has no uses left."),
        TransferError.NotAllowed => new(403, "not_allowed", "The token does not allow this."),
        TransferError.UnknownName => new(404, "unknown_name", "There is no transfer of that name."),
        TransferError.NameInUse => new(409, "name_in_use", "Somebody is sending under that name already."),
        TransferError.TooManyReceivers => new(400, "too_many_receivers", "This relay does not serve that many receivers."),
        TransferError.WrongOffset => new(409, "wrong_offset", "The file does not continue at that offset."),
        TransferError.LengthChanged => new(400, "length_changed", "The length does not match what is known of the file."),
        TransferError.TermsChanged => new(409, "terms_changed", "The file was begun on other terms."),
        TransferError.Superseded => new(409, "superseded", "Another connection has taken over."),
        TransferError.TooManyTransfers => new(503, "too_many_transfers", "The relay is full; try again soon."),
        TransferError.TooManyWaiting => new(429, "too_many_waiting", "Too many transfers or receivers are waiting in this channel."),
        TransferError.TooManyOfAccount => new(
            429, "too_many_at_a_time", "There are too many transfers of this address at a time; try again when one has ended."),
        TransferError.TooManyHeld => new(503, "too_many_held", "The relay holds as many files as it may; try again later, or stay to send.")
        {
            RetryAfter = TimeSpan.FromMinutes(1),
        },
        TransferError.ChannelHoldsTooMuch => HoldsTooMuch("channel"),
        TransferError.AccountHoldsTooMuch => HoldsTooMuch("address"),
        TransferError.TooLargeToHold => new(413, "over_quota", "The file is larger than what one channel or address may hand in."),
        TransferError.TooLarge => new(413, "too_large", "The file is larger than this relay allows."),
        TransferError.NoRoom => new(507, "no_room", "The relay has no room for the file."),
        TransferError.NoReceiver => new(504, "no_receiver", "No receiver came in time."),
        TransferError.SenderLost => new(400, "sender_lost", "The upload broke off before its end."),
        TransferError.SenderStalled => new(408, "sender_stalled", "The upload stood still for too long."),
        TransferError.BadBody => new(400, "bad_body", "The upload is not what its headers say."),
        TransferError.DigestMismatch => new(400, "digest_mismatch", "The bytes do not have the digest that was declared."),
        TransferError.NoDigest => new(
            409, "no_digest", "There is no digest to compare with; a request for it must come before the first byte."),
        TransferError.UnnamedReceiver => new(
            400,
            "unnamed_receiver",
            "The file has several receivers. Each receiver that confirms needs a name: ?confirm=ID in both requests."),
        TransferError.ReceiverLost => new(502, "receiver_lost", "The receiver broke off before it had everything."),
        TransferError.ReceiverStalled => new(502, "receiver_stalled", "The receiver stood still for too long."),
        TransferError.Cancelled => new(410, "cancelled", "The transfer was cancelled."),
        TransferError.TokenEnded => new(410, "token_ended", "The token was revoked or has expired."),
        TransferError.NothingToResume => new(
            409, "nothing_to_resume", "The relay has not handed you what comes before that. Ask for the whole file, without a range."),
        TransferError.ShuttingDown => new(503, "shutting_down", "The relay is shutting down; try again soon."),
        _ => new(500, "unexpected", "The relay failed."),
    };

    /// <summary>What the relay tells a sender of a failed transfer: the reason and, with several receivers, the outcome of each.</summary>
    public static Answer ForSender(TransferOutcome failed)
    {
        var answer = ForSender(failed.Error);
        return failed.Receivers.Count < 2 ? answer : answer with
        {
            Reason = ReceiverFailures.Describe(failed) ?? answer.Reason,
            Receivers = [.. failed.Receivers.Select(ReceiverReceipt.Of)],
        };
    }

    /// <summary>What the relay tells a receiver before the first byte. Later, a failure breaks its connection instead.</summary>
    public static Answer ForReceiver(TransferError error) => error switch
    {
        TransferError.AlreadyReceiving => new(409, "already_receiving", "Somebody is receiving this file already."),
        TransferError.NoSender => new(504, "no_sender", "No sender came in time."),
        TransferError.SenderLost => new(502, "sender_lost", "The sender broke off before the end."),
        TransferError.SenderStalled => new(502, "sender_stalled", "The sender stood still for too long."),
        TransferError.BadBody => new(502, "bad_body", "The sender's upload was not what its headers said."),
        TransferError.DigestMismatch => new(502, "digest_mismatch", "The sender's bytes did not have the digest that it had declared."),
        TransferError.TooLarge => new(502, "too_large", "The sender's file is larger than this relay allows."),
        TransferError.ChannelHoldsTooMuch or TransferError.AccountHoldsTooMuch => new(
            502, "over_quota", "The sender's file is more than the relay holds for it."),
        _ => ForSender(error),
    };

    private static Answer HoldsTooMuch(string whose) => new(
        429, "over_quota", $"The relay holds as much for this {whose} as it may; try again when a file has been received, or stay to send.")
    {
        RetryAfter = TimeSpan.FromMinutes(5),
    };

    /// <summary>What a hop tells its client when it has no answer of a node to pass on.</summary>
    public static Answer ForHop(NodeError error) => error switch
    {
        NodeError.Unreachable => new(502, "node_unreachable", "The node of this token cannot be reached; try again, or with a new token."),
        NodeError.Lost => new(502, "node_lost", "The node broke off before it had answered; try again."),
        NodeError.TimedOut => new(504, "node_timeout", "The node did not answer in time."),
        NodeError.NoConnection => new(503, "no_connection", "There is no connection to the node left; try again soon."),
        NodeError.TooManyLookups => new(503, "too_many_lookups", "Too many nodes are being looked for; try again soon."),
        NodeError.AllDraining => new(503, "draining", "All nodes are being drained; try again soon."),
        NodeError.WrongNode => new(
            508,
            "wrong_node",
            "Another node has passed this on to a node that it does not belong to: the addresses of the nodes are wrong."),
        NodeError.NotForwardable => new(
            400,
            "not_forwardable",
            "The request cannot be passed on: its Host header is not a plain name or address."),
        _ => ForSender(TransferError.None),
    };

    /// <summary>What the relay tells a late receiver of the transfer that it missed.</summary>
    public static Answer ForLateReceiver(TransferOutcome past) => new(
        410,
        "gone",
        past.IsSuccess ? "The file has been delivered already." : "The transfer is over. " + ForReceiver(past.Error).Reason);

    /// <summary>What the relay tells a sender that comes back too late.</summary>
    public static Answer ForLateSender(TransferOutcome past) => past.IsSuccess
        ? new(410, ProblemTypes.CompletedUpload, "The file has been delivered already.")
        : new(410, "gone", "The transfer is over. " + ForSender(past.Error).Reason);
}
