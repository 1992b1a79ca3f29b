namespace Beam.Buffering;

/// <summary>
/// The place of one writer in the line for a budget. It asks for one thing at a time, and comes back for what was granted.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class BudgetPlace(BufferBudget budget, BudgetPriority priority)
{
    private readonly Lock _lock = new();
    private BudgetRequest? _request;
    private bool _isClosed;

    /// <summary>Takes what was granted meanwhile; it is the caller's to return.</summary>
    /// <param name="isWaiting">Whether the request still waits in line.</param>
    public long? TakeGranted(out bool isWaiting)
    {
        lock (_lock)
        {
            isWaiting = _request is { IsGranted: false };
            if (_request is not { IsGranted: true } request)
            {
                return null;
            }

            _request = null;
            return request.Bytes;
        }
    }

    /// <summary>Stands in line.</summary>
    /// <param name="bytes">For how much.</param>
    /// <param name="granted">Called when it is leased, perhaps before this method returns; must not throw or block.</param>
    public void Enter(long bytes, Action granted)
    {
        var request = budget.Request(bytes, priority, granted);
        lock (_lock)
        {
            _request = request;
            if (!_isClosed)
            {
                return;
            }
        }

        Leave();
    }

    /// <summary>Leaves the line, and returns what was granted and not taken.</summary>
    public void Leave()
    {
        BudgetRequest? request;
        lock (_lock)
        {
            request = _request;
            _request = null;
        }

        if (request is not null && request.Withdraw())
        {
            budget.Return(request.Bytes);
        }
    }

    /// <summary>Leaves the line for good.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
        }

        Leave();
    }
}
