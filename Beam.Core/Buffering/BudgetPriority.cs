namespace Beam.Buffering;

/// <summary>
/// How much of a <see cref="BufferBudget"/> a lease may fill. The shares keep waiting senders from starving the streams that move.
/// </summary>
public enum BudgetPriority
{
    /// <summary>Bytes that nobody reads yet: up to three quarters of the budget.</summary>
    ReadAhead,

    /// <summary>A stream with a reader that wants to grow its window: up to seven eighths.</summary>
    Stream,

    /// <summary>What a stream with a reader needs in order to move at all: all of it.</summary>
    Essential,
}
