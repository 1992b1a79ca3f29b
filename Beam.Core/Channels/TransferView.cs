namespace Beam.Transfers;

/// <summary>One transfer to look at for as long as somebody wants to: it takes no seat in it and holds none of its bytes.</summary>
/// <remarks>Thread-safe. A look takes the channel's lock for a moment; nothing is done for it while bytes flow.</remarks>
public sealed class TransferView
{
    private readonly Transfer? _transfer;
    private readonly RetainedOutcome? _past;

    internal TransferView(Transfer transfer)
    {
        _transfer = transfer;
    }

    internal TransferView(RetainedOutcome past)
    {
        _past = past;
    }

    /// <summary>Says where the transfer stands, or how it has ended.</summary>
    /// <returns>The status, or <see langword="null"/> when it has ended and left nothing to tell: nobody ever sent to it.</returns>
    public TransferStatus? GetStatus() => _transfer is null ? _past!.ToStatus() : _transfer.GetStatus();
}
