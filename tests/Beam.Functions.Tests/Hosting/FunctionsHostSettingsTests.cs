using Beam.Functions.Hosting;
using Microsoft.Extensions.Configuration;

namespace Beam.Functions.Tests.Hosting;

public sealed class FunctionsHostSettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{}", "/api")]
    [InlineData("""{ "extensions": { "http": { "routePrefix": "" } } }""", "")]
    [InlineData("""{ "Extensions": { "Http": { "RoutePrefix": "files/v1/" } } }""", "/files/v1")]
    [InlineData("""{ /* as it may be */ "extensions": { "http": { "routePrefix": "x", }, }, }""", "/x")]
    public void RoutePrefix_IsWhatHostJsonSays(string hostJson, string expected)
        => Assert.Equal(expected, Read(hostJson).RoutePrefix.Value ?? "");

    [Theory]
    [InlineData("FUNCTIONS_APP_ROOT_PATH")]
    [InlineData("FUNCTIONS_APPLICATION_DIRECTORY")]
    public void HostJson_IsWhereTheHostSaysItIs(string variable)
    {
        File.WriteAllText(_folder["host.json"], """{ "extensions": { "http": { "routePrefix": "x" } } }""");

        Assert.Equal("/x", Read((variable, _folder.Path)).RoutePrefix);
    }

    [Fact]
    public void AppSetting_OutranksHostJson()
    {
        File.WriteAllText(_folder["host.json"], """{ "extensions": { "http": { "routePrefix": "x" } }, "functionTimeout": "00:10:00" }""");

        var settings = Read(
            ("FUNCTIONS_APP_ROOT_PATH", _folder.Path),
            ("AzureFunctionsJobHost:extensions:http:routePrefix", ""),
            ("AzureFunctionsJobHost:functionTimeout", "00:20:00"));

        Assert.Equal(("", TimeSpan.FromMinutes(20)), (settings.RoutePrefix.Value ?? "", settings.FunctionTimeout));
    }

    [Theory]
    [InlineData("""{ "functionTimeout": "00:10:00" }""", null, 600)]
    [InlineData("""{ "functionTimeout": "-1" }""", null, null)]
    [InlineData("{}", null, 1800)]
    [InlineData("{}", "FlexConsumption", 1800)]
    [InlineData("{}", "Dynamic", 300)]
    [InlineData("""{ "functionTimeout": "nonsense" }""", null, 1800)]
    [InlineData("""{ "functionTimeout": "60.00:00:00" }""", null, 49 * 86_400)]
    [InlineData("""{ "functionTimeout": "10675199.02:48:05.4775807" }""", null, 49 * 86_400)]
    public void FunctionTimeout_IsWhatHostJsonSays_OrThePlan(string hostJson, string? plan, int? seconds)
        => Assert.Equal(seconds, Read(hostJson, plan).FunctionTimeout?.TotalSeconds);

    private static FunctionsHostSettings Read(params (string Name, string? Value)[] settings)
    {
        var values = settings.Select(static setting => KeyValuePair.Create(setting.Name, setting.Value));
        return new(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
    }

    private FunctionsHostSettings Read(string hostJson, string? plan = null)
    {
        File.WriteAllText(_folder["host.json"], hostJson);
        return Read(("FUNCTIONS_APP_ROOT_PATH", _folder.Path), ("WEBSITE_SKU", plan));
    }
}
