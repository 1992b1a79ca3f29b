namespace Beam.Transfers;

/// <summary>One transfer to look at for as long as somebody wants to. A view takes no seat and holds no bytes.</summary>
/// <remarks>Thread-safe. A look takes the channel's lock for a moment. Between looks, a view costs the transfer nothing.</remarks>
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
    /// <returns>The status, or <see langword="null"/> when the transfer has ended and no sender ever came.</returns>
    public TransferStatus? GetStatus() => _transfer is null ? _past!.ToStatus() : _transfer.GetStatus();
}
