using Microsoft.Extensions.Logging;

namespace Beam.Core.Tests.Transfers;

/// <summary>A logger provider whose loggers throw, whatever Beam logs, as long as it is broken.</summary>
internal sealed class ThrowingLogs : ILoggerProvider
{
    public bool IsBroken { get; set; }

    public ILogger CreateLogger(string categoryName) => new ThrowingLogger(this);

    public void Dispose()
    {
    }

    private sealed class ThrowingLogger(ThrowingLogs logs) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => logs.IsBroken;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
            => throw new InvalidOperationException("The log is full.");
    }
}
