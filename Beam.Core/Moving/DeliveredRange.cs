namespace Beam.Transfers;

/// <summary>
/// Which part of its file a connection delivers. It is decided once, before the head of the response is written, and nothing that becomes
/// known later moves it.
/// </summary>
/// <param name="From">The offset of the first byte.</param>
/// <param name="End">The offset of the end, exclusive; <see langword="null"/> for the end of a file whose length was not known.</param>
/// <param name="Length">The length of the whole file, if it was known.</param>
internal readonly record struct DeliveredRange(long From, long? End, long? Length)
{
    /// <summary>Gets a value indicating whether it ends before the file does.</summary>
    public bool IsPiece => End < Length;

    /// <summary>Decides it.</summary>
    /// <param name="start">Where the connection begins, and where the receiver wants to stop.</param>
    /// <param name="length">The length of the whole file, as far as it is known now.</param>
    public static DeliveredRange Decide(ReceiverStart start, long? length)
        => new(start.From, length is { } known ? Math.Min(start.To ?? known, known) : null, length);
}
