using Beam.AspNetCore.Answers;
using Beam.Transfers;

namespace Beam.AspNetCore.Overview;

/// <summary>A transfer in the overview: by short ids, without its name.</summary>
internal sealed record OverviewTransfer(
    string Id,
    string TokenId,
    string State,
    long BytesReceived,
    long BytesSent,
    long? Length,
    double AgeSeconds,
    double BytesPerSecond)
{
    public static OverviewTransfer Of(TransferSnapshot transfer) => new(
        transfer.Id,
        transfer.TokenId,
        StateNames.Of(transfer.State),
        transfer.BytesReceived,
        transfer.BytesSent,
        transfer.Length,
        Math.Round(transfer.Age.TotalSeconds, 1),
        Math.Round(transfer.BytesSent / Math.Max(0.001, transfer.Age.TotalSeconds)));
}
