namespace Beam.Buffering;

/// <summary>What kept an append from taking all bytes at once.</summary>
internal enum AppendObstacle
{
    None,

    /// <summary>The window is full.</summary>
    WindowFull,

    /// <summary>The memory budget is used up.</summary>
    BudgetExhausted,

    /// <summary>The buffer has failed or was disposed.</summary>
    Closed,
}
