namespace Beam.Transfers;

/// <summary>Tells those who came for a seat that was taken when it makes sense to ask again.</summary>
/// <remarks>It is used under the channel's lock. Those who wait go on elsewhere.</remarks>
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
