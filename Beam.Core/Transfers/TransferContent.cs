using Beam.Accounts;
using Beam.Buffering;
using Beam.Holding;

namespace Beam.Transfers;

/// <summary>The file of a transfer: the log that holds its bytes, what its sender has said of it, and how far it has come.</summary>
/// <remarks>
/// It changes under the channel's lock. One exception: the sender's pump, of which there is one at a time, counts without it what comes.
/// Any thread may read everything.
/// </remarks>
internal sealed class TransferContent(ChangeCount changes)
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TransferLog? _log;
    private long _bytesReceived;
    private bool _isComplete;

    public TransferDescription Description { get; private set; } = new();

    public IChunkBuffer? Buffer => Volatile.Read(ref _log)?.Buffer;

    /// <summary>Gets what the log was made for.</summary>
    public ChunkBufferTerms LogTerms => Volatile.Read(ref _log)?.Terms ?? default;

    /// <summary>Gets what somebody is charged with for the log, if anybody is.</summary>
    public HoldingCharge? Charge => Volatile.Read(ref _log)?.Charge;

    /// <summary>Gets why the log has no room for more, when it has none.</summary>
    public TransferError LackOfRoom
        => Charge is { IsHeld: true, Obstacle: var limit and not TransferError.None } ? limit : TransferError.NoRoom;

    /// <summary>Gets a value indicating whether the log keeps everything to the end, so that the sender may hand the file in.</summary>
    public bool HoldsAll => LogTerms.HoldsAll;

    /// <summary>
    /// Gets a value indicating whether no byte was taken from a sender yet, no receiver was sent a head, and no file was accepted. Nobody
    /// notices then when another sender begins on other terms.
    /// </summary>
    public bool IsUntouched => Held.To == 0 && !IsComplete && !IsHandedIn;

    /// <summary>Gets the task that ends when there is a log, or never will be.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Gets the digest, if somebody asked for it in time.</summary>
    public TransferDigest? Digest { get; private set; }

    /// <summary>Gets the digest that receivers compute as they read, because one asked for it after the first byte had come.</summary>
    public PassingDigest? PassingDigest { get; private set; }

    /// <summary>Gets the SHA-256 of the file, once it is known; otherwise <see langword="null"/>.</summary>
    public ReadOnlyMemory<byte>? Sha256 => Digest is { } digest ? digest.Value
        : IsComplete ? PassingDigest?.ValueAt(BytesReceived)
        : null;

    /// <summary>
    /// Gets the SHA-256 that a sender has declared. Every connection that ends the file is held to it, whichever connection has said it.
    /// </summary>
    public ReadOnlyMemory<byte>? DeclaredSha256 { get; private set; }

    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    /// <summary>Gets a value indicating whether the sender has said that the file ends here.</summary>
    public bool IsComplete => Volatile.Read(ref _isComplete);

    /// <summary>Gets until when the relay holds the file for its receivers, if its sender has handed it in.</summary>
    public DateTimeOffset? HandedInUntil { get; private set; }

    public bool IsHandedIn => HandedInUntil is not null;

    /// <summary>Gets the length of the file, from its sender's word or because it has ended.</summary>
    public long? Length => Description.Length ?? (IsComplete ? BytesReceived : null);

    /// <summary>Gets a value indicating whether the sender has declared another length than it has sent.</summary>
    public bool IsCutShort => Description.Length is { } length && length != BytesReceived;

    public HeldRange Held => Buffer?.Held ?? default;

    /// <summary>
    /// Notes how the sender that begins the file describes it. Nothing has come yet, so that a digest can still take everything in, and
    /// what another sender has said before counts no more.
    /// </summary>
    public void Begin(TransferDescription description, ReadOnlyMemory<byte>? sha256, bool wantsDigest)
    {
        Describe(description);
        DeclaredSha256 = sha256;
        Digest = wantsDigest || sha256 is not null ? new TransferDigest() : null;
        PassingDigest = null;
    }

    /// <summary>Notes that a receiver will confirm, which begins at an offset: it must have a digest to compare with.</summary>
    public void WantDigest(long from)
    {
        if (Digest is null && Buffer is not null && from == 0)
        {
            PassingDigest ??= new PassingDigest();
        }
    }

    /// <summary>Says why no sender can go on at <paramref name="offset"/>, if that is so.</summary>
    public TransferError CheckContinuation(long offset, long? length, ReadOnlyMemory<byte>? sha256, long maxBytes)
    {
        if (sha256 is not null && Digest is null && !IsUntouched)
        {
            return TransferError.NoDigest;
        }

        if (Buffer is null)
        {
            // The first sender is only just joining.
            return TransferError.NameInUse;
        }

        if (length is not null && Description.Length is not null && length != Description.Length)
        {
            return TransferError.LengthChanged;
        }

        if (offset != Held.To)
        {
            return TransferError.WrongOffset;
        }

        if (!IsUntouched && sha256 is { } said && DeclaredSha256 is { } declared && !said.Span.SequenceEqual(declared.Span))
        {
            return TransferError.TermsChanged;
        }

        // It may be the first to say a length, and then it must not be less than what has come.
        return length < offset ? TransferError.LengthChanged : length > maxBytes ? TransferError.TooLarge : TransferError.None;
    }

    /// <summary>Notes the digest that a further sender says, if it says one.</summary>
    public void LearnDigest(ReadOnlyMemory<byte>? sha256)
    {
        if (sha256 is not null)
        {
            DeclaredSha256 = sha256;
            Digest ??= new TransferDigest();
        }
    }

    /// <summary>Notes the length that a further sender says, if none has said it before.</summary>
    public void LearnLength(long? length) => Describe(Description with { Length = Description.Length ?? length });

    public void Describe(TransferDescription description)
    {
        Description = description;
        changes.Note();
    }

    /// <summary>Says whether the file has the digest that was declared, if it ends with <paramref name="last"/>.</summary>
    public bool IsAsDeclared(ReadOnlySpan<byte> last) => DeclaredSha256 is not { } declared || Digest!.IsWith(last, declared.Span);

    /// <summary>Counts from what the log has: bytes that an interrupted append did not take were counted, too.</summary>
    public void CountAnew()
    {
        Volatile.Write(ref _bytesReceived, Held.To);
        changes.Note();
    }

    public void CountReceived(long bytes)
    {
        Volatile.Write(ref _bytesReceived, _bytesReceived + bytes);
        changes.Note();
    }

    /// <summary>Notes that the log has taken bytes that were counted before.</summary>
    public void NoteAppended() => changes.Note();

    /// <summary>
    /// Gives the file its log when its first sender comes, or another one when a sender begins an untouched file anew.
    /// <see cref="EndOpening"/> then ends the wait for it.
    /// </summary>
    /// <returns>The log before it. The caller discards it outside the lock, and readers that wait there go on with the new one.</returns>
    public TransferLog? Open(TransferLog log)
    {
        var before = Interlocked.Exchange(ref _log, log);
        changes.Note();
        return before;
    }

    /// <summary>
    /// Charges bytes that are about to go to a log which does not charge by itself, such as one that the application has made.
    /// </summary>
    /// <returns><see langword="false"/> when a limit is in the way.</returns>
    public bool TryCharge(long bytes)
        => Charge is not { IsHeld: true, IsCountedByLog: false } charge || charge.TryReach(DiskLease.BytesOfFile(bytes));

    /// <summary>Ends the wait for the log. Those that wait go on elsewhere, so callers may hold the lock.</summary>
    public void EndOpening() => _opened.TrySetResult();

    /// <summary>Says whether a receiver can begin at <paramref name="offset"/>.</summary>
    public bool TryRewind(long offset) => Buffer?.TryRewind(offset) ?? offset == 0;

    /// <summary>Notes that the file ends here. The caller completes the log outside the lock, because its readers go on inline.</summary>
    public void End()
    {
        Volatile.Write(ref _isComplete, true);
        Digest?.Complete();
        changes.Note();
    }

    /// <summary>Ends the log badly, if there is one. It takes nothing any more, even while connections are about to leave it.</summary>
    public void Fail()
    {
        if (Volatile.Read(ref _log) is { } log)
        {
            log.Buffer.Fail();
            log.Charge?.Dispose();
        }
    }

    /// <summary>Notes that the sender has handed the file in.</summary>
    public void HandIn(DateTimeOffset until)
    {
        HandedInUntil = until;
        changes.Note();
    }

    /// <summary>Leaves a file that was handed in to the next process, if it is on the disk.</summary>
    public bool TryOutliveProcess()
    {
        if (!IsHandedIn || Buffer is not HeldFileBuffer file)
        {
            return false;
        }

        file.OutliveProcess();
        return true;
    }

    /// <summary>Takes up a file that a former process has held.</summary>
    public void Restore(HeldFileBuffer file, HeldEntry entry, HoldingCharge charge)
    {
        Description = new TransferDescription(entry.Length, entry.ContentType, entry.ContentEncoding);
        Digest = entry.Sha256 is { } sha256 ? new TransferDigest(sha256) : null;
        Open(new TransferLog(file, new ChunkBufferTerms(entry.Length, HoldsAll: true), charge));
        CountAnew();
        Volatile.Write(ref _isComplete, true);
        EndOpening();
    }
}
