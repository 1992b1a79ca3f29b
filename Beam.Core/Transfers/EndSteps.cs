namespace Beam.Transfers;

/// <summary>
/// The steps at the end of a transfer. Each is done, even if one before it has thrown: everybody is told, and everything is given back.
/// </summary>
/// <remarks>
/// What a step calls may be the application's own: a buffer, a logger, a listener of the meter, a connection. For one thread at a time.
/// </remarks>
internal sealed class EndSteps
{
    private readonly List<Exception> _failures = [];

    /// <summary>Gets what has been thrown, for <see cref="RelayHost.Report"/>.</summary>
    public IReadOnlyList<Exception> Failures => _failures;

    public void Do(Action step)
    {
        try
        {
            step();
        }
        catch (Exception exception)
        {
            _failures.Add(exception);
        }
    }

    public async Task DoAsync(Func<ValueTask> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _failures.Add(exception);
        }
    }
}
