using Microsoft.Extensions.Logging;

namespace Beam.Testing;

/// <summary>A logger provider that keeps what is logged, at every level. Thread-safe.</summary>
/// <remarks>
/// Give it to a host with <c>builder.Logging.AddProvider(capture)</c>, or take loggers from <see cref="CreateLogger{T}"/>.
/// The host's own level filters apply before it.
/// </remarks>
public sealed class LogCapture : ILoggerProvider, ISupportExternalScope
{
    private readonly Lock _lock = new();
    private readonly List<LogEntry> _entries = [];
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    /// <summary>A copy of everything logged so far, in order.</summary>
    public IReadOnlyList<LogEntry> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>The entries of this level or a more severe one: <c>Assert.Empty(logs.AtLeast(LogLevel.Warning))</c>.</summary>
    public IReadOnlyList<LogEntry> AtLeast(LogLevel level) => [.. Entries.Where(entry => entry.Level >= level)];

    /// <summary>The entries that contain a text anywhere: <c>Assert.Empty(logs.Mentioning(token))</c>.</summary>
    public IReadOnlyList<LogEntry> Mentioning(string text) => [.. Entries.Where(entry => entry.Mentions(text))];

    /// <summary>Forgets what was logged so far.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
        }
    }

    /// <summary>Creates a logger that writes here.</summary>
    public ILogger<T> CreateLogger<T>() => new CapturingLogger<T>(this);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new CapturingLogger(this, categoryName);

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <summary>Does nothing: the entries stay readable after the host is gone.</summary>
    public void Dispose()
    {
    }

    private void Add(LogEntry entry)
    {
        lock (_lock)
        {
            _entries.Add(entry);
        }
    }

    private class CapturingLogger(LogCapture capture, string category) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => capture._scopes.Push(state);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            var scopes = new List<string>();
            capture._scopes.ForEachScope(static (scope, into) => into.Add(Describe(scope)), scopes);
            var values = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
            capture.Add(new LogEntry(logLevel, category, eventId, formatter(state, exception), exception, [.. values], scopes));
        }

        // A scope's text may leave values out, for example a dictionary's does.
        private static string Describe(object? scope) => scope is IEnumerable<KeyValuePair<string, object?>> values
            ? $"{scope} {string.Join(' ', values.Select(value => $"{value.Key}={value.Value}"))}"
            : $"{scope}";
    }

    private sealed class CapturingLogger<T>(LogCapture capture)
        : CapturingLogger(capture, typeof(T).FullName ?? typeof(T).Name), ILogger<T>;
}
