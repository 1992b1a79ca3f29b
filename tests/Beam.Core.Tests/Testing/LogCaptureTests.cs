using Microsoft.Extensions.Logging;

namespace Beam.Core.Tests.Testing;

public sealed class LogCaptureTests
{
    private readonly LogCapture _logs = new();

    [Fact]
    public void AtLeast_FindsWhatIsSevereEnough()
    {
        var logger = _logs.CreateLogger<LogCaptureTests>();
        logger.LogInformation("fine");
        logger.LogWarning(new EventId(7, "Odd"), "odd {Thing}", "one");

        var entry = Assert.Single(_logs.AtLeast(LogLevel.Warning));
        Assert.Equal((LogLevel.Warning, 7, "odd one"), (entry.Level, entry.EventId.Id, entry.Message));
        Assert.Equal(typeof(LogCaptureTests).FullName, entry.Category);
    }

    [Fact]
    public void Mentioning_FindsASecret_WhereverItHides()
    {
        var logger = _logs.CreateLogger("any");
        logger.LogDebug("in the message: s3cret");
        logger.LogDebug(new InvalidOperationException("s3cret"), "in the exception");
        logger.Log(LogLevel.Debug, default, new Dictionary<string, object?> { ["Token"] = "s3cret" }, null, (_, _) => "in a value");
        using (logger.BeginScope(new Dictionary<string, object?> { ["Token"] = "s3cret" }))
        {
            logger.LogDebug("in a scope");
        }

        logger.LogDebug("nowhere");

        Assert.Equal(4, _logs.Mentioning("s3cret").Count);
    }
}
