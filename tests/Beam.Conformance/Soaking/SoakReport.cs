namespace Beam.Conformance;

/// <summary>What a soak has counted.</summary>
/// <param name="Delivered">Transfers whose receiver has everything and whose sender knows.</param>
/// <param name="Broken">Transfers that one side broke off, as both sides know.</param>
/// <param name="WrongBytes">Receivers that got a byte that was not sent there.</param>
/// <param name="FalseSuccesses">Senders that got "confirmed" for a receiver that has not got everything.</param>
/// <param name="TruncatedAsComplete">Receivers that were given a part for the whole.</param>
/// <param name="Lost">Pairs of healthy peers whose transfer did not come to its end.</param>
public sealed record SoakReport(long Delivered, long Broken, long WrongBytes, long FalseSuccesses, long TruncatedAsComplete, long Lost)
{
    /// <summary>What the sides of one of the lost pairs saw.</summary>
    public string Loss { get; init; } = "";

    /// <summary>Whether the relay told nobody what is not so. Healthy pairs that failed visibly count apart.</summary>
    public bool IsHonest => this is { WrongBytes: 0, FalseSuccesses: 0, TruncatedAsComplete: 0 };

    /// <summary>How many there were.</summary>
    public long Transfers => Delivered + Broken + Lost;

    /// <summary>Adds another's counts.</summary>
    public SoakReport Plus(SoakReport other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(
            Delivered + other.Delivered,
            Broken + other.Broken,
            WrongBytes + other.WrongBytes,
            FalseSuccesses + other.FalseSuccesses,
            TruncatedAsComplete + other.TruncatedAsComplete,
            Lost + other.Lost)
        {
            Loss = Loss.Length > 0 ? Loss : other.Loss,
        };
    }
}
