using Beam.Buffering;
using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>
/// One sender's tries to get a seat. A try looks first, under the channel's lock, then changes what it has to, and acts outside.
/// </summary>
/// <remarks>
/// A try that is refused changes nothing. What another try changes it notes, and an exception at any line undoes it: the caller would not
/// hear of its seat, and so could never leave it.
/// </remarks>
internal sealed class SenderEntry(RelayHost host, FirstSide firstSide, Token token, string name, SendTerms terms)
{
    // The transfer that has begun, or begun anew, for this sender.
    private Transfer? _begun;

    // The use with which its token becomes the holder of the seat of another token.
    private TokenUse? _use;

    // The connection, once it sits and is counted.
    private TransferSender? _sender;

    // The transfer that has ended for it, and how.
    private Transfer? _replaced;
    private TransferEnd? _end;

    // The log that its own has replaced.
    private TransferLog? _logBefore;

    // The receivers that are more than it wants.
    private IReadOnlyList<TransferReceiver> _excess = [];

    /// <summary>Tries to begin the file.</summary>
    /// <param name="description">How the sender describes it.</param>
    /// <param name="spare">A log for it, if one was made.</param>
    public JoinAttempt<TransferSender> TryBegin(TransferDescription description, SpareLog? spare)
        => Try(() => TryBegin_NeedsLock(description, spare));

    /// <summary>Tries to go on with the file.</summary>
    /// <param name="offset">Where the sender's bytes begin.</param>
    /// <param name="length">The length of the whole file, if this sender says it.</param>
    /// <param name="spare">A log for it, if one was made.</param>
    public JoinAttempt<TransferSender> TryContinue(long offset, long? length, SpareLog? spare)
        => Try(() => TryContinue_NeedsLock(offset, length, spare));

    private JoinAttempt<TransferSender> Try(Func<JoinAttempt<TransferSender>> tryUnderLock)
    {
        try
        {
            JoinAttempt<TransferSender> attempt;
            lock (token.Channel.Lock)
            {
                attempt = tryUnderLock();
            }

            if (attempt.Transfer is { } transfer)
            {
                TellOthers(transfer);
                transfer.UpdateAttended();
                transfer.Content.EndOpening();
                host.FailIfDraining(transfer);
            }

            return attempt;
        }
        catch
        {
            Undo();
            throw;
        }
    }

    /// <summary>Refuses, outside the lock, a sender that needs a log and gets none.</summary>
    public JoinAttempt<TransferSender> Refuse(TransferError error)
    {
        lock (token.Channel.Lock)
        {
            return Refuse_NeedsLock(error);
        }
    }

    private JoinAttempt<TransferSender> TryBegin_NeedsLock(TransferDescription description, SpareLog? spare)
    {
        // 1. Look.
        var place = Look();
        if (place.Error != TransferError.None)
        {
            return JoinAttempt<TransferSender>.Refused(place.Error) with { Taken = place.Taken };
        }

        var logTerms = new ChunkBufferTerms(description.Length, terms.HandsIn);
        var needsLog = place.Untouched?.Content is not { } content
            || content.LogTerms != logTerms
            || content.Charge?.Account != terms.Account?.Name;
        if (needsLog && spare is null)
        {
            var replaced = place.Untouched ?? place.Replaced;
            return new JoinAttempt<TransferSender>(default) { NeededLog = logTerms, ReplacedCharge = replaced?.Content.Charge };
        }

        // 2. Change. A transfer that nobody has touched begins anew: all that its sender before this one has said counts no more.
        var transfer = place.Untouched;
        if (transfer is null)
        {
            var start = firstSide.Begin(token, TokenRights.Send, name, place.Existing, place.Replaced);
            if (start is not { Transfer: { } begun, Use: { } use })
            {
                return JoinAttempt<TransferSender>.Refused(start.Error);
            }

            (_begun, _replaced, _end) = (begun, place.Replaced, start.Ended);
            begun.Sender.Take(use);
            transfer = begun;
        }

        _begun = transfer;
        PassSeat(transfer);
        _logBefore = needsLog ? spare?.GiveTo(transfer.Content) : null;
        Want(transfer);
        transfer.Receivers.Await(host.Options.LimitWait(terms.Wait), host.TimeProvider.GetTimestamp());
        transfer.Content.Begin(description, terms.Sha256, wantsDigest: terms.WantsDigest || transfer.Receivers.NeedDigest);
        _sender = Seating.Attach(transfer, terms);
        transfer.Channel.NextReceivers.Offer(transfer);
        return new JoinAttempt<TransferSender>(JoinResult<TransferSender>.Joined(_sender), transfer);
    }

    private JoinAttempt<TransferSender> TryContinue_NeedsLock(long offset, long? length, SpareLog? spare)
    {
        // 1. Look.
        var (error, transfer) = Find();
        if (transfer is null)
        {
            return Refuse_NeedsLock(error);
        }

        var content = transfer.Content;
        error = content.CheckContinuation(offset, length, terms.Sha256, host.Options.LargestTransferBytes);
        error = error == TransferError.None ? CheckTerms(transfer) : error;
        error = error == TransferError.None ? FindObstacleToPay(transfer) : error;
        if (error != TransferError.None)
        {
            return Refuse_NeedsLock(error, TransferSnapshot.Of(transfer));
        }

        // All that may refuse this sender comes before the sender that has the seat is cut: the room for another log, and the price.
        var logTerms = new ChunkBufferTerms(content.Length ?? length, terms.HandsIn);
        var needsLog = terms.HandsIn && !content.HoldsAll;
        if (needsLog && spare is null)
        {
            return new JoinAttempt<TransferSender>(default) { NeededLog = logTerms, ReplacedCharge = content.Charge };
        }

        if (transfer.Sender is { Lease: not null } or { Stopped.IsCompleted: false })
        {
            Pay(transfer)?.Begin();
            return new JoinAttempt<TransferSender>(default) { Predecessor = transfer.Sender.Lease, Stopped = transfer.Sender.Stopped };
        }

        // 2. Change.
        var before = content.Description;
        content.LearnLength(length);
        try
        {
            _sender = Seating.Attach(transfer, terms);
        }
        catch
        {
            content.Describe(before);
            throw;
        }

        PassSeat(transfer);
        content.LearnDigest(terms.Sha256);
        _logBefore = needsLog ? spare?.GiveTo(content) : null;
        if (WantsOthers(transfer))
        {
            Want(transfer);
        }

        return new JoinAttempt<TransferSender>(JoinResult<TransferSender>.Joined(_sender), transfer);
    }

    private SenderPlace Look()
    {
        // Rights come first: a side that may not send does not learn which names there are.
        token.Channel.Transfers.TryGetValue(name, out var transfer);
        if (transfer is not { Sender.IsTaken: true } || !token.Rights.HasFlag(TokenRights.Send))
        {
            return new SenderPlace(firstSide.FindObstacle(token, TokenRights.Send, transfer)) { Existing = transfer };
        }

        if (firstSide.FindObstacle(token) is var obstacle && obstacle != TransferError.None)
        {
            return new SenderPlace(obstacle);
        }

        // A seat belongs to the token that holds it, also while its sender is away.
        if (transfer.Content.IsHandedIn || !MayTakeOver(transfer))
        {
            return new SenderPlace(TransferError.NameInUse);
        }

        if (transfer.Sender.Lease is not null)
        {
            return new SenderPlace(TransferError.NameInUse) { Taken = TakenSeat.Of(transfer) };
        }

        if (!transfer.Content.IsUntouched)
        {
            return new SenderPlace(firstSide.FindObstacle(token, TokenRights.Send, existing: null, transfer)) { Replaced = transfer };
        }

        // The sender before it is gone, and may still be handing over what had arrived.
        return transfer.Sender.Stopped.IsCompleted
            ? new SenderPlace(FindObstacleToPay(transfer)) { Untouched = transfer }
            : new SenderPlace(TransferError.NameInUse) { Taken = new TakenSeat(transfer, transfer.Sender.Stopped) };
    }

    private (TransferError Error, Transfer? Transfer) Find()
    {
        if (!token.Rights.HasFlag(TokenRights.Send))
        {
            return (host.IsDraining ? TransferError.ShuttingDown : TransferError.NotAllowed, null);
        }

        if (firstSide.FindObstacle(token) is var obstacle && obstacle != TransferError.None)
        {
            return (obstacle, null);
        }

        if (!token.Channel.Transfers.TryGetValue(name, out var transfer) || !transfer.Sender.IsTaken)
        {
            return (TransferError.UnknownName, null);
        }

        // The file of another link: that link alone goes on with it.
        return MayTakeOver(transfer) ? (TransferError.None, transfer) : (TransferError.NameInUse, null);
    }

    private bool MayTakeOver(Transfer transfer) => transfer.Sender.Token is { } holder && token.MayTakeOverFrom(holder);

    /// <summary>
    /// Finds what keeps the token from paying for the seat of another. The holder comes back under the use that it has paid.
    /// </summary>
    private TransferError FindObstacleToPay(Transfer transfer)
        => _use is not null || ReferenceEquals(transfer.Sender.Token, token)
            ? TransferError.None
            : token.FindObstacleToUse_NeedsChannelLock(host.TimeProvider.GetUtcNow(), returned: []);

    private TokenUse? Pay(Transfer transfer)
        => ReferenceEquals(transfer.Sender.Token, token) ? null : _use ??= new TokenUse(token, host.Options, host.TimeProvider);

    /// <summary>Makes its token the holder of the seat, unless it is that already.</summary>
    private void PassSeat(Transfer transfer)
    {
        if (Pay(transfer) is { } use)
        {
            transfer.Sender.PassTo(use);
            _use = null;
        }
    }

    /// <summary>Refuses to go on. What it has paid meanwhile, so that a sender could be cut, comes back.</summary>
    private JoinAttempt<TransferSender> Refuse_NeedsLock(TransferError error, TransferSnapshot? transfer = null)
    {
        _use?.End(isSpent: false);
        return JoinAttempt<TransferSender>.Refused(error, transfer);
    }

    /// <summary>Finds what is wrong with the terms. Those on which the file was begun hold from its first byte on.</summary>
    private TransferError CheckTerms(Transfer transfer)
    {
        if (terms.Receivers < 1 || terms.Receivers > host.Options.MaxReceivers)
        {
            return TransferError.TooManyReceivers;
        }

        return !transfer.Content.IsUntouched && (WantsOthers(transfer) || (terms.HandsIn && !transfer.Content.HoldsAll))
            ? TransferError.TermsChanged
            : TransferError.None;
    }

    // A sender that says nothing of receivers asks for one: that alone changes nothing.
    private bool WantsOthers(Transfer transfer) => terms.Receivers != 1 && terms.Receivers != transfer.Receivers.Wanted;

    private void Want(Transfer transfer)
    {
        _excess = transfer.Receivers.BeginAnew(terms.Receivers, host.TimeProvider.GetTimestamp());

        // It may want more receivers than the sender before it.
        transfer.SeatChange.Tell();
    }

    /// <summary>Tells those that have lost something by it: once, whatever happens to this sender.</summary>
    private void TellOthers(Transfer transfer)
    {
        if (_replaced is not null && _end is not null)
        {
            _replaced.Announce(_end);
        }

        var steps = new EndSteps();
        if (_logBefore is { } before)
        {
            steps.Do(before.Discard);
        }

        foreach (var receiver in _excess)
        {
            steps.Do(() => receiver.EndPart(TransferError.AlreadyReceiving));
        }

        (_end, _logBefore, _excess) = (null, null, []);
        host.Report(transfer, steps);
    }

    private void Undo()
    {
        lock (token.Channel.Lock)
        {
            _use?.End(isSpent: false);
        }

        // A sender that only goes on leaves the file as it was.
        if (_begun is { } begun)
        {
            TellOthers(begun);
            begun.TryFinish(TransferError.SenderLost, isRemembered: false);
        }

        _ = _sender?.DisposeAsync().AsTask();
    }
}
