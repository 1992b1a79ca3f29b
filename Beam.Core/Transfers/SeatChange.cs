namespace Beam.Transfers;

/// <summary>Tells connections that came for a taken seat when it makes sense to ask again.</summary>
/// <remarks>Callers hold the channel's lock, so those that wait go on elsewhere.</remarks>
internal sealed class SeatChange
{
    private TaskCompletionSource? _next;

    /// <summary>Gets the task that ends with the next change.</summary>
    public Task WaitAsync()
    {
        _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _next.Task;
    }

    public void Tell()
    {
        _next?.SetResult();
        _next = null;
    }
}
