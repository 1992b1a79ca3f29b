namespace Beam.Buffering;

/// <summary>The offsets that a buffer holds: from <paramref name="From"/> up to, not including, <paramref name="To"/>.</summary>
/// <param name="From">The lowest offset that can be read, in bytes from the start of the transfer.</param>
/// <param name="To">The offset at which the next byte will be appended.</param>
public readonly record struct HeldRange(long From, long To);
