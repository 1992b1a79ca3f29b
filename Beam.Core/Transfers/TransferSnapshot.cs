using Beam.Buffering;

namespace Beam.Transfers;

/// <summary>A transfer as it was at one moment, without its name and without its token.</summary>
/// <param name="Id">The short id of the transfer.</param>
/// <param name="TokenId">The short id of the token that it began with.</param>
/// <param name="State">Where it stands.</param>
/// <param name="BytesReceived">How many bytes have come from the sender.</param>
/// <param name="BytesSent">How many bytes of the file the connections of the receiver with the most bytes have taken.</param>
/// <param name="Length">How many bytes there will be, or <see langword="null"/> when that is not known.</param>
/// <param name="Held">The offsets that the relay holds: from where a receiver can resume, and where the sender goes on.</param>
/// <param name="Receivers">The receivers that have come, in that order.</param>
/// <param name="WantedReceivers">How many receivers the sender asks for, or <see langword="null"/> before it has come.</param>
/// <param name="IsSenderConnected">Whether a sender is connected.</param>
/// <param name="Age">How long ago the first side came, or the age it had at its end.</param>
/// <param name="StartedAt">When the first side came.</param>
/// <param name="ExpiresAt">
/// When it ends unless something happens before, or when the relay forgets it if it has ended; <see langword="null"/> while bytes flow.
/// </param>
public sealed record TransferSnapshot(
    string Id,
    string TokenId,
    TransferState State,
    long BytesReceived,
    long BytesSent,
    long? Length,
    HeldRange Held,
    IReadOnlyList<ReceiverSnapshot> Receivers,
    int? WantedReceivers,
    bool IsSenderConnected,
    TimeSpan Age,
    DateTimeOffset StartedAt,
    DateTimeOffset? ExpiresAt)
{
    /// <summary>Gets what the sender has said of the file.</summary>
    public TransferDescription Description { get; init; } = new();

    /// <summary>Gets a value indicating whether the sender has handed the file in, so that nobody has to come back for it.</summary>
    public bool IsHandedIn { get; init; }

    /// <summary>Gets the SHA-256 of the whole file, if it was computed and the file has ended; otherwise <see langword="null"/>.</summary>
    public ReadOnlyMemory<byte>? Sha256 { get; init; }

    internal static TransferSnapshot Of(Transfer transfer)
    {
        lock (transfer.Channel.Lock)
        {
            var state = transfer.GetState_NeedsLock();
            return new TransferSnapshot(
                transfer.Id,
                transfer.Token.Id,
                state,
                transfer.Content.BytesReceived,
                transfer.Receivers.MostBytes,
                transfer.Content.Length,
                transfer.IsFinished ? default : transfer.Content.Held,
                [.. transfer.Receivers.All.Select(static seat => new ReceiverSnapshot(seat.State, seat.Bytes, seat.Error, seat.Delivery))],
                transfer.Receivers.Wanted,
                transfer.Sender.Lease is not null,
                transfer.Clock.Age,
                transfer.Clock.StartedAt,
                transfer.Deadlines.FindNext(state))
            {
                Description = transfer.Content.Description,
                IsHandedIn = transfer.Content.IsHandedIn,
                Sha256 = transfer.Content.Sha256,
            };
        }
    }
}
