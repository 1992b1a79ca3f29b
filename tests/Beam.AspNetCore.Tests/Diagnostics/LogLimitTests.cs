using Beam.AspNetCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Tests.Diagnostics;

/// <summary>What strangers do at will is an entry a minute with a count. What is rare is still seen.</summary>
public sealed class LogLimitTests : IDisposable
{
    private const string Limited = "Proxy.Forwarder";

    private readonly FakeClock _clock = new();
    private readonly LogCapture _logs = new();
    private readonly ServiceProvider _services;
    private readonly ILogger _logger;

    public LogLimitTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_clock);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_logs));
        services.AddBeam().LimitLogEntries("Proxy").LimitLogEntries("Other.Entirely");
        _services = services.BuildServiceProvider();
        _logger = _services.GetRequiredService<ILoggerFactory>().CreateLogger(Limited);
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Entries_AreOneAMinute_WithACount()
    {
        for (var i = 0; i < 30_000; i++)
        {
            Leave(_logger);
        }

        var first = Assert.Single(_logs.Entries);
        Assert.IsType<TaskCanceledException>(first.Exception);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, _logs.Entries.Count);
        var rest = _logs.Entries[1];
        Assert.Equal("29999 more like this in the last minute: Canceled: the client left", rest.Message);
        Assert.Equal((LogLevel.Warning, Limited, 48), (rest.Level, rest.Category, rest.EventId.Id));
        Assert.Null(rest.Exception);
    }

    [Fact]
    public void Flood_IsAnEntryAMinute_ForAsLongAsItLasts()
    {
        for (var second = 0; second < 600; second++)
        {
            Leave(_logger);
            Leave(_logger);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_logs.Entries.Count, 10, 11);
    }

    [Fact]
    public void Entry_IsWrittenAtOnce_AfterAQuietMinute()
    {
        Leave(_logger);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Leave(_logger);

        Assert.Equal(2, _logs.Entries.Count);
        Assert.All(_logs.Entries, static entry => Assert.Equal("Canceled: the client left", entry.Message));
        Assert.Equal(0, _clock.ActiveTimers);
    }

    [Fact]
    public void OtherKinds_AreSeen_InTheMiddleOfAFlood()
    {
        Leave(_logger);
        Leave(_logger);
        Write(_logger, LogLevel.Warning, 48, Fault.Node, new TaskCanceledException());
        Write(_logger, LogLevel.Warning, 48, Fault.Canceled, new HttpRequestException("refused"));
        Write(_logger, LogLevel.Warning, 48, Fault.Canceled, new HttpRequestException("refused", new IOException()));
        Write(_logger, LogLevel.Error, 48, Fault.Canceled, new TaskCanceledException());
        Write(_logger, LogLevel.Warning, 49, Fault.Canceled, new TaskCanceledException());
        Write(_logger, LogLevel.Warning, 48, Fault.Canceled, exception: null);

        Assert.Equal(7, _logs.Entries.Count);
    }

    [Theory]
    [InlineData(Limited, LogLevel.Information)]
    [InlineData(Limited, LogLevel.Debug)]
    [InlineData("Beam.Relay", LogLevel.Error)]
    [InlineData("ProxyOfSomebodyElse", LogLevel.Warning)]
    public void Entries_AreAllWritten_WhenNobodyLimitsThem(string category, LogLevel level)
    {
        var logger = _services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
        for (var i = 0; i < 100; i++)
        {
            Write(logger, level, 48, Fault.Canceled, new TaskCanceledException());
        }

        Assert.Equal(100, _logs.Entries.Count);
    }

    [Fact]
    public void Count_IsWritten_WhenTheApplicationEnds()
    {
        Leave(_logger);
        Leave(_logger);
        Leave(_logger);
        _services.Dispose();

        Assert.Equal("2 more like this in the last minute: Canceled: the client left", _logs.Entries[^1].Message);
    }

    [Fact]
    public void Kinds_AreBounded()
    {
        for (var kind = 0; kind < 1000; kind++)
        {
            Write(_logger, LogLevel.Warning, kind, Fault.Canceled, exception: null);
        }

        Assert.InRange(_logs.Entries.Count, 100, 102);
    }

    [Fact]
    public void Logger_ThatThrows_EndsNoTimer()
    {
        using var run = new LogRun(new ThrowingLogger(), LogKind.Of(LogLevel.Warning, 1, "", exception: null), _clock);
        Assert.True(run.TryBegin(1, static () => ""));
        Assert.False(run.TryBegin(1, static () => ""));

        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, _clock.ActiveTimers);
    }

    [Fact]
    public void Factory_OfTheApplication_IsKept()
    {
        var own = new OwnFactory();
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(own);
        services.AddBeam().LimitLogEntries("Proxy");
        using var provider = services.BuildServiceProvider();

        Leave(provider.GetRequiredService<ILoggerFactory>().CreateLogger(Limited));

        Assert.Single(own.Logs.Entries);
    }

    private static void Leave(ILogger logger) => Write(logger, LogLevel.Warning, 48, Fault.Canceled, new TaskCanceledException());

    private static void Write(ILogger logger, LogLevel level, int eventId, Fault fault, Exception? exception)
        => logger.Log(
            level,
            eventId,
            new List<KeyValuePair<string, object?>> { new("fault", fault), new("message", "the client left") },
            exception,
            static (state, _) => $"{state[0].Value}: {state[1].Value}");

    private enum Fault
    {
        Canceled,
        Node,
    }

    private sealed class ThrowingLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
            => throw new InvalidOperationException();
    }

    private sealed class OwnFactory : ILoggerFactory
    {
        public LogCapture Logs { get; } = new();

        public ILogger CreateLogger(string categoryName) => Logs.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}
