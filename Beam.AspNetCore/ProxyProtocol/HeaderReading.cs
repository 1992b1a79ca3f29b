namespace Beam.AspNetCore.ProxyProtocol;

/// <summary>What the first bytes of a connection are.</summary>
/// <param name="State">Whether they are a header.</param>
/// <param name="Length">How many bytes a whole header has; otherwise 0.</param>
/// <param name="Header">What a whole header says.</param>
internal readonly record struct HeaderReading(HeaderState State, int Length = 0, ProxyHeader Header = default)
{
    public static HeaderReading Incomplete => new(HeaderState.Incomplete);

    public static HeaderReading Invalid => new(HeaderState.Invalid);

    public static HeaderReading Whole(int length, ProxyHeader header) => new(HeaderState.Whole, length, header);
}
