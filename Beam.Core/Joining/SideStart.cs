using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>What a side gets that takes a seat which nobody has had.</summary>
/// <param name="Error">Why it has nothing, or <see cref="TransferError.None"/>.</param>
/// <param name="Transfer">The transfer that it is in.</param>
/// <param name="Use">The use of its token, which begins when it takes its seat.</param>
internal readonly record struct SideStart(TransferError Error, Transfer? Transfer = null, TokenUse? Use = null)
{
    /// <summary>Gets how the transfer ended that this one has replaced; the caller tells everybody outside the lock.</summary>
    public TransferEnd? Ended { get; init; }
}
