namespace YarpGateway;

/// <summary>Something that has nothing to do with Beam.</summary>
internal static class Site
{
    public static WebApplication Build(string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        app.MapGet("{**path}", static (string? path) => $"This is the site, at /{path}.\n");
        return app;
    }
}
