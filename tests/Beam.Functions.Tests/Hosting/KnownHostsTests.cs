using Beam.Functions.Hosting;
using Microsoft.Extensions.Configuration;

namespace Beam.Functions.Tests.Hosting;

/// <summary>To which names links of a function app may lead.</summary>
public sealed class KnownHostsTests
{
    [Theory]
    [InlineData(null, "app.example", "app.example", "app.example")]
    [InlineData(null, "app.example", "evil.example", "app.example")]
    [InlineData(null, "app.example:7071", "app.example:7071", "app.example:7071")]
    [InlineData(null, "app.example:7071", "evil.example", "app.example:7071")]
    [InlineData(null, "app.example", "app.example, evil.example", "app.example")]
    [InlineData("files.example;*.sub.example", "app.example", "files.example", "files.example")]
    [InlineData("files.example;*.sub.example", "app.example", "a.sub.example:8443", "a.sub.example:8443")]
    [InlineData("files.example", "app.example", "evil.example", "app.example")]
    [InlineData("files.example", null, "evil.example", null)]
    [InlineData("*", "app.example", "evil.example", "app.example")]
    [InlineData("*", "app.example", "app.example:7071", "app.example:7071")]
    [InlineData("0.0.0.0", "app.example", "evil.example", "app.example")]
    [InlineData("[::]", "app.example", "evil.example", "app.example")]
    [InlineData("*;files.example", "app.example", "files.example", "files.example")]
    [InlineData("*;files.example", "app.example", "evil.example", "app.example")]
    [InlineData("*", null, "any.example", "any.example")]
    [InlineData("0.0.0.0", null, "any.example", "any.example")]
    [InlineData("[::]", null, "any.example", "any.example")]
    [InlineData(null, null, "localhost:7071", "localhost:7071")]
    [InlineData(null, null, "127.0.0.1:7071", "127.0.0.1:7071")]
    [InlineData(null, null, "[::1]:7071", "[::1]:7071")]
    [InlineData(null, null, "evil.example", null)]
    [InlineData("", "", "evil.example", null)]
    public void Host_IsOneOfTheApp(string? allowed, string? own, string forwarded, string? expected)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("AllowedHosts", allowed), new("WEBSITE_HOSTNAME", own)])
            .Build();

        Assert.Equal(expected, new KnownHosts(configuration).Find(forwarded));
    }
}
