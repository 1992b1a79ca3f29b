using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Pages;
using Beam.Transfers;

namespace Beam.AspNetCore.Status;

/// <summary>Where a transfer stands, in a sentence and a color. The scripts do the same while it runs.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="Tone"><c>idle</c>, <c>live</c>, <c>good</c> or <c>bad</c>.</param>
internal readonly record struct StateView(string Text, string Tone)
{
    public static StateView Of(TransferStatus? status) => status switch
    {
        null => new(Texts.Of("receive.notBegun"), "idle"),
        { Outcome: { IsSuccess: true } past } => new(Texts.Of("outcome." + StateNames.Of(past.Delivery)), "good"),
        { Outcome: { } past } => new($"{Texts.Of("outcome.failed")} {AnswerTable.ForReceiver(past.Error).Reason}", "bad"),
        { Transfer.IsHandedIn: true, Transfer.State: TransferState.WaitingForReceiver } => new(Texts.Of("state.accepted"), "live"),
        _ => new(Texts.Of("state." + StateNames.Of(status.Transfer.State)), ToneOf(status.Transfer.State)),
    };

    private static string ToneOf(TransferState state)
        => state is TransferState.SenderAway or TransferState.ReceiverAway or TransferState.WaitingForSender ? "idle" : "live";
}
