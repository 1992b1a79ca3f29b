using Beam.Transfers;

namespace Beam.Accounts;

/// <summary>How much may stand in one book, and what somebody hears who wants more.</summary>
/// <param name="Key">Whose book it is.</param>
/// <param name="Transfers">The most transfers.</param>
/// <param name="Files">The most hand-ins.</param>
/// <param name="Bytes">The most bytes of hand-ins.</param>
internal sealed record HoldingLimit(object Key, int Transfers, int Files, long Bytes)
{
    /// <summary>Gets what is said when there are as many transfers as there may be.</summary>
    public TransferError TooManyTransfers { get; init; }

    /// <summary>Gets what is said when there are as many hand-ins as there may be.</summary>
    public TransferError TooManyFiles { get; init; }

    /// <summary>Gets what is said when the bytes are used up.</summary>
    public TransferError TooManyBytes { get; init; }

    /// <summary>Gets what is said when a file alone is larger than all that may be there.</summary>
    public TransferError TooLarge { get; init; }
}
