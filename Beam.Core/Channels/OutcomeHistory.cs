namespace Beam.Transfers;

/// <summary>The remembered outcomes of all channels in the order of their end, so that the oldest can be forgotten first.</summary>
internal sealed class OutcomeHistory(int maxOutcomes)
{
    private readonly Lock _lock = new();
    private readonly Queue<RetainedOutcome> _outcomes = new();

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _outcomes.Count;
            }
        }
    }

    /// <summary>Remembers an outcome that its channel already shows.</summary>
    public void Add(RetainedOutcome outcome)
    {
        RetainedOutcome? oldest = null;
        lock (_lock)
        {
            _outcomes.Enqueue(outcome);
            if (_outcomes.Count > maxOutcomes)
            {
                oldest = _outcomes.Dequeue();
            }
        }

        Forget(oldest);
    }

    public void Sweep(DateTimeOffset now)
    {
        while (true)
        {
            RetainedOutcome? oldest;
            lock (_lock)
            {
                if (!_outcomes.TryPeek(out oldest) || oldest.ForgottenAt > now)
                {
                    return;
                }

                _outcomes.Dequeue();
            }

            Forget(oldest);
        }
    }

    private static void Forget(RetainedOutcome? outcome)
    {
        if (outcome is null)
        {
            return;
        }

        lock (outcome.Channel.Lock)
        {
            outcome.Channel.Outcomes.Remove(outcome);
        }
    }
}
