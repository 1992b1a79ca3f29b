using System.Collections.ObjectModel;
using Beam.Holding;
using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>
/// What a token opens: the transfers that move through it, by name. All tokens that are made from each other share a channel.
/// </summary>
/// <remarks>
/// Thread-safe. One lock guards the channel, the uses of its tokens and the state of its transfers. So a join, an end and a revocation
/// never see each other half done. No byte passes under it.
/// </remarks>
public sealed class BeamChannel
{
    // A channel may have seen thousands; people look for the last of them.
    private const int MostRecent = 50;

    // They are written down with each file that is handed in.
    private const int MostOriginLetters = 32 * 1024;

    private readonly ChangeCount _revocations = new();
    private readonly Dictionary<string, Transfer> _transfers = new(StringComparer.Ordinal);

    internal BeamChannel()
    {
        Outcomes = new ChannelOutcomes(ChangeCount);
        NextReceivers = new NextReceivers(ChangeCount);
    }

    /// <summary>Gets a short public name for logs and listings: the id of its first token.</summary>
    public string Id { get; private set; } = "";

    /// <summary>Gets what the application noted when the channel was opened; empty if it noted nothing.</summary>
    public IReadOnlyDictionary<string, string> Origin { get; internal init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>
    /// Gets a number that grows with each change of what <see cref="GetSnapshot"/> shows: as long as it stays, another look shows the same.
    /// </summary>
    public long Changes => ChangeCount.Value;

    /// <summary>Gets how often a token of it was revoked.</summary>
    public long Revocations => _revocations.Value;

    internal Lock Lock { get; } = new();

    /// <summary>Gets what its parts note their changes in.</summary>
    internal ChangeCount ChangeCount { get; } = new();

    /// <summary>Gets the token that has opened it, from which all others are made; <see langword="null"/> when that has ended.</summary>
    internal Token? FirstToken { get; private set; }

    /// <summary>Gets how many tokens of it live.</summary>
    internal int TokenCount { get; private set; }

    /// <summary>Gets or sets what is written of it on the disk, since a file of it was handed in there.</summary>
    internal HeldChannelFile? Held { get; set; }

    /// <summary>Gets the transfers that wait or run.</summary>
    internal IReadOnlyDictionary<string, Transfer> Transfers => _transfers;

    /// <summary>Gets the outcomes that the relay still remembers.</summary>
    internal ChannelOutcomes Outcomes { get; }

    /// <summary>Gets the receivers that wait for whatever comes next.</summary>
    internal NextReceivers NextReceivers { get; }

    /// <summary>
    /// Says where the transfer called <paramref name="name"/> stands, or how the last of that name ended, if the relay remembers that.
    /// </summary>
    /// <param name="name">The name within the channel.</param>
    /// <returns>The status, or <see langword="null"/> when there is nothing to tell.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public TransferStatus? FindStatus(string name) => FindView(name)?.GetStatus();

    /// <summary>
    /// Finds the transfer called <paramref name="name"/>, or the last of that name if the relay
    /// remembers it, to look at it again and again.
    /// </summary>
    /// <param name="name">The name within the channel.</param>
    /// <returns>
    /// A view of that transfer, even after a later transfer has taken its name; <see langword="null"/> when there is none.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public TransferView? FindView(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        lock (Lock)
        {
            if (Transfers.TryGetValue(name, out var transfer))
            {
                return new TransferView(transfer);
            }

            return Outcomes.TryGetValue(name, out var past) ? new TransferView(past) : null;
        }
    }

    /// <summary>Describes the channel now. The names of its transfers are for holders of a token that may receive.</summary>
    /// <returns>A snapshot.</returns>
    public ChannelSnapshot GetSnapshot()
    {
        lock (Lock)
        {
            var transfers = Transfers.Values
                .Select(static transfer => new TransferStatus(transfer.Name, TransferSnapshot.Of(transfer), Outcome: null));
            return new ChannelSnapshot([.. transfers.OrderBy(static status => status.Transfer.StartedAt)], NextReceivers.Count)
            {
                Recent =
                [
                    .. Outcomes.LatestFirst
                        .Where(past => !Transfers.ContainsKey(past.Name))
                        .Take(MostRecent)
                        .Select(static past => past.ToStatus()),
                ],
            };
        }
    }

    /// <summary>A receiver says itself, with the digest of what it got, that it has the file.</summary>
    /// <param name="token">What the receiver presented: a token of this channel.</param>
    /// <param name="name">The name within the channel.</param>
    /// <param name="sha256">The SHA-256 of what it has got.</param>
    /// <param name="id">The <see cref="ReceiveTerms.ConfirmationId"/> it has come with; <see langword="null"/> if it has none.</param>
    /// <returns>
    /// <see cref="TransferError.None"/>: the receiver has the file, even if it has said so before.
    /// <see cref="TransferError.DigestMismatch"/>: the digests differ, and this receiver has failed. <see cref="TransferError.NoDigest"/>:
    /// there is no digest to compare with. <see cref="TransferError.UnknownName"/>: no receiver that came with this token is to confirm
    /// this, or not yet. <see cref="TransferError.UnknownToken"/>: the token has ended.
    /// <see cref="TransferError.UnnamedReceiver"/>: the file has several receivers, and <paramref name="id"/> is <see langword="null"/>.
    /// <see cref="TransferError.NotAllowed"/>: the token may not receive.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="token"/> opens another channel, or <paramref name="name"/> is empty.</exception>
    public TransferError Confirm(Token token, string name, ReadOnlySpan<byte> sha256, string? id = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!MayReceive(token))
        {
            return TransferError.NotAllowed;
        }

        Transfer? transfer;
        lock (Lock)
        {
            if (!Transfers.TryGetValue(name, out transfer))
            {
                return Outcomes.TryGetValue(name, out var past) ? past.AnswerToConfirmation(id, sha256) : TransferError.UnknownName;
            }
        }

        return Confirmation.Confirm(transfer, token, id, sha256);
    }

    /// <summary>
    /// A receiver that was to confirm says that it has not got the file, for example because its disk is full. It counts as broken off.
    /// </summary>
    /// <param name="token">What the receiver presented: a token of this channel.</param>
    /// <param name="name">The name within the channel.</param>
    /// <param name="id">The <see cref="ReceiveTerms.ConfirmationId"/> it has come with.</param>
    /// <returns>
    /// <see cref="TransferError.None"/>; <see cref="TransferError.UnknownName"/> when no such receiver came with this token;
    /// <see cref="TransferError.NotAllowed"/> when the token may not receive.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="token"/> opens another channel, or <paramref name="name"/> or <paramref name="id"/> is empty.
    /// </exception>
    public TransferError Decline(Token token, string name, string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(id);
        if (!MayReceive(token))
        {
            return TransferError.NotAllowed;
        }

        Transfer? transfer;
        lock (Lock)
        {
            Transfers.TryGetValue(name, out transfer);
        }

        return transfer is not null && Confirmation.TryDecline(transfer, token, id) ? TransferError.None : TransferError.UnknownName;
    }

    /// <summary>Says whether the relay keeps notes of that size.</summary>
    internal static bool IsOrigin(IReadOnlyDictionary<string, string>? origin)
        => origin is null || origin.Sum(static note => (long)note.Key.Length + note.Value.Length) <= MostOriginLetters;

    /// <summary>Counts a token that lives from now on. The first is the one that opens the channel.</summary>
    internal void Enter_NeedsLock(Token token)
    {
        TokenCount++;
        if (token.Parent is null)
        {
            FirstToken = token;
            Id = token.Id;
        }
    }

    /// <summary>Counts a token no more: it has ended.</summary>
    internal void Leave_NeedsLock(Token token)
    {
        TokenCount--;
        if (ReferenceEquals(FirstToken, token))
        {
            FirstToken = null;
        }
    }

    /// <summary>
    /// Finds what a receiver that takes anything may get: first what nobody has taken, the oldest first, then what a receiver has left
    /// whose seat it may have.
    /// </summary>
    internal IReadOnlyList<Transfer> FindNext_NeedsLock(Token token) =>
    [
        .. Transfers.Values
            .Where(transfer => transfer.Sender.IsTaken && (transfer.Receivers.HasFree || transfer.Receivers.HasAwayFor(token)))
            .OrderByDescending(static transfer => transfer.Receivers.HasFree)
            .ThenBy(static transfer => transfer.Receivers.AwaitedSince),
    ];

    /// <summary>Gets the transfers that wait or run, to do something with each outside the lock.</summary>
    internal List<Transfer> GetTransfers()
    {
        lock (Lock)
        {
            return [.. Transfers.Values];
        }
    }

    /// <summary>Counts the transfers that wait for their other side. Hand-ins have a limit of their own.</summary>
    internal int CountWaiting_NeedsLock()
    {
        var count = 0;
        foreach (var transfer in Transfers.Values)
        {
            count += transfer.IsWaiting_NeedsLock() && !transfer.Content.HoldsAll ? 1 : 0;
        }

        return count;
    }

    /// <summary>Notes that a token was revoked: those who watch with it may not go on.</summary>
    internal void NoteRevocation() => _revocations.Note();

    /// <summary>Lets others join the transfer under its name.</summary>
    internal void Add_NeedsLock(Transfer transfer)
    {
        _transfers.Add(transfer.Name, transfer);
        ChangeCount.Note();
    }

    /// <summary>Lets nobody join the transfer any more: the name is free.</summary>
    internal void Remove_NeedsLock(Transfer transfer)
    {
        if (_transfers.TryGetValue(transfer.Name, out var current) && ReferenceEquals(current, transfer))
        {
            _transfers.Remove(transfer.Name);
            ChangeCount.Note();
        }
    }

    /// <summary>Remembers how a transfer has ended, under its name.</summary>
    internal RetainedOutcome Retain_NeedsLock(Transfer transfer, TransferOutcome outcome)
    {
        var forgottenAt = transfer.Host.TimeProvider.GetUtcNow() + transfer.Host.Options.OutcomeRetention;
        var last = TransferSnapshot.Of(transfer) with { ExpiresAt = forgottenAt };
        var retained = new RetainedOutcome(this, transfer.Name, outcome, last, forgottenAt)
        {
            Confirmed = [.. transfer.Receivers.Confirmed.Select(static seat => seat.ConfirmationId)],
        };
        Outcomes.Add(retained);
        return retained;
    }

    private bool MayReceive(Token token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (!ReferenceEquals(token.Channel, this))
        {
            throw new ArgumentException("The token opens another channel.", nameof(token));
        }

        return token.Rights.HasFlag(TokenRights.Receive);
    }
}
