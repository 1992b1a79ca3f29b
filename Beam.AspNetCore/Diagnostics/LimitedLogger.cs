using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Diagnostics;

/// <summary>
/// A logger that writes warnings and errors which are alike once a minute, with a count. What strangers do at will must not fill the disk,
/// and what is rare must still be seen among it.
/// </summary>
internal sealed class LimitedLogger(ILogger logger, TimeProvider timeProvider) : ILogger, IDisposable
{
    // There are few kinds. If there are more after all, these count as one.
    private const int MostKinds = 100;

    private readonly ConcurrentDictionary<LogKind, LogRun> _runs = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (logLevel < LogLevel.Warning
            || (IsEnabled(logLevel)
                && FindRun(LogKind.Of(logLevel, eventId, state, exception)).TryBegin(eventId, () => formatter(state, exception))))
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }

    public void Dispose()
    {
        foreach (var run in _runs.Values)
        {
            run.Dispose();
        }
    }

    private LogRun FindRun(LogKind kind)
    {
        if (_runs.TryGetValue(kind, out var run))
        {
            return run;
        }

        var known = _runs.Count < MostKinds ? kind : new LogKind(Event: 0, kind.Level, Exception: null, Cause: null, Members: "");
        return _runs.GetOrAdd(known, static (kind, limited) => limited.MakeRun(kind), this);
    }

    private LogRun MakeRun(LogKind kind) => new(logger, kind, timeProvider);
}
