using Beam.Functions.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Beam.Functions.Tests.Hosting;

public sealed class RequestDeadlineTests
{
    [Theory]
    [InlineData("00:00:00.0000001")]
    [InlineData("00:10:00")]
    [InlineData("49.00:00:00")]
    [InlineData("60.00:00:00")]
    [InlineData("10675199.02:48:05.4775807")]
    [InlineData("-1")]
    public async Task Request_IsServed_HoweverLongTheHostGivesIt(string functionTimeout)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("AzureFunctionsJobHost:functionTimeout", (string?)functionTimeout)])
            .Build();
        var deadline = new RequestDeadline(
            new FunctionsHostSettings(configuration), TimeProvider.System, NullLogger<RequestDeadline>.Instance);
        var isServed = false;

        await deadline.RunAsync(new DefaultHttpContext(), _ =>
        {
            isServed = true;
            return Task.CompletedTask;
        });

        Assert.True(isServed);
    }
}
