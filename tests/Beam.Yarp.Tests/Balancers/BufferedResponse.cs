using Microsoft.AspNetCore.Http;

namespace Beam.Yarp.Tests.Balancers;

/// <summary>Keeps a response until all of it is there, as some proxies do.</summary>
internal static class BufferedResponse
{
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var body = context.Response.Body;
        using var buffer = new MemoryStream();
        context.Response.Body = buffer;
        await next(context);
        context.Response.Body = body;
        await body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), CancellationToken.None);
    }
}
