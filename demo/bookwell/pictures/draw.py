"""Draws the pictures of the demonstration, the same on every run.

Usage: python draw.py ../src/seed/pictures (needs numpy and pillow)
"""
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

W, H, S = 1200, 800, 2

def rgb(h): return np.array([int(h[i:i+2], 16) for i in (1, 3, 5)], float)

def sky(stops):
    y = np.linspace(0, 1, H)
    pos = [p for p, _ in stops]
    cols = np.array([rgb(c) for _, c in stops])
    g = np.stack([np.interp(y, pos, cols[:, k]) for k in range(3)], 1)
    return np.repeat(g[:, None, :], W, 1)

def glow(a, cx, cy, r, color, strength):
    yy, xx = np.mgrid[0:H, 0:W]
    d = np.hypot(xx - cx, yy - cy)
    m = np.exp(-(d / r) ** 2)[..., None] * strength
    return a * (1 - m) + rgb(color) * m

def disc(a, cx, cy, r, color):
    yy, xx = np.mgrid[0:H, 0:W]
    m = np.clip(r - np.hypot(xx - cx, yy - cy) + .5, 0, 1)[..., None]
    return a * (1 - m) + rgb(color) * m

def noise1(seed, octaves, base):
    r = np.random.default_rng(seed)
    x = np.linspace(0, 1, W)
    y = np.zeros(W)
    for o in range(octaves):
        n = base * 2 ** o
        p = r.uniform(-1, 1, n + 3)
        y += np.interp(x * n, np.arange(n + 3), p) / 2 ** o if o > 2 else cubic(x * n, p) / 2 ** o
    return y

def cubic(t, p):
    i = np.floor(t).astype(int); f = t - i
    f = f * f * (3 - 2 * f)
    return p[i] * (1 - f) + p[i + 1] * f

def ridge(a, y0, amp, seed, top, bottom, octaves=4, base=2, haze=0):
    line = y0 - amp * noise1(seed, octaves, base)
    yy = np.arange(H)[:, None]
    m = np.clip(yy - line[None, :] + .5, 0, 1)[..., None]
    t = np.clip((yy - line[None, :]) / max(1, H - y0), 0, 1)[..., None]
    col = rgb(top) * (1 - t) + rgb(bottom) * t
    return a * (1 - m) + col * m, line

def grain(a, seed=1, s=2.2):
    r = np.random.default_rng(seed)
    return a + r.normal(0, s, a.shape[:2])[..., None]

def layer(a, paint, blur=0):
    im = Image.new('RGBA', (W * S, H * S), (0, 0, 0, 0))
    paint(ImageDraw.Draw(im), S)
    im = im.resize((W, H), Image.LANCZOS)
    if blur: im = im.filter(ImageFilter.GaussianBlur(blur))
    b = np.asarray(im, float)
    m = b[..., 3:] / 255
    return a * (1 - m) + b[..., :3] * m

def pine(d, s, x, y, h, color):
    c = tuple(rgb(color).astype(int)) + (255,)
    w = h * .34
    for k in range(6):
        t0, t1 = k / 6.5, (k + 1.7) / 6.5
        ww = w * (.18 + .82 * (k + 1) / 6) / 1.6
        d.polygon([(s*x, s*(y-h+h*t0)), (s*(x-ww), s*(y-h+h*t1)), (s*(x+ww), s*(y-h+h*t1))], fill=c)
    d.rectangle([s*(x-h*.02), s*(y-h*.1), s*(x+h*.02), s*y], fill=c)

def pines(seed, line, n, hmin, hmax, color, x0=0, x1=W, sink=6):
    r = np.random.default_rng(seed)
    def paint(d, s):
        for _ in range(n):
            x = r.uniform(x0, x1); h = r.uniform(hmin, hmax)
            pine(d, s, x, line[int(np.clip(x, 0, W-1))] + sink, h, color)
    return paint

def willow(seed, x, y, h, trunk, leaf, leaf2):
    r = np.random.default_rng(seed)
    def paint(d, s):
        tc = tuple(rgb(trunk).astype(int)) + (255,)
        d.polygon([(s*(x-h*.045), s*y), (s*(x+h*.05), s*y), (s*(x+h*.02), s*(y-h*.62)), (s*(x-h*.015), s*(y-h*.62))], fill=tc)
        for k in range(420):
            a = r.uniform(-1, 1)
            sx = x + a * h * .40
            top = y - h * (.98 - .30 * a * a) + r.uniform(0, h * .16)
            ln = h * r.uniform(.28, .72) * (1 - .15 * abs(a))
            bend = a * h * .10
            c = rgb(leaf) * (1 - (u := r.uniform(0, 1))) + rgb(leaf2) * u
            pts = [(s*(sx + bend * (t ** 1.6)), s*(top + ln * t)) for t in np.linspace(0, 1, 9)]
            pts = [(px, min(py, s*(y - h*.05))) for px, py in pts]
            d.line(pts, fill=tuple(c.astype(int)) + (200,), width=int(s * r.uniform(1.2, 3.4)))
    return paint

def arch(cx, y, w, h, wood, flowers, seed):
    r = np.random.default_rng(seed)
    def paint(d, s):
        c = tuple(rgb(wood).astype(int)) + (255,)
        for t in np.linspace(0, np.pi, 140):
            px, py = cx - np.cos(t) * w / 2, y - h * .45 - np.sin(t) * h * .55
            d.ellipse([s*(px-4), s*(py-4), s*(px+4), s*(py+4)], fill=c)
        for sx in (-1, 1):
            d.rectangle([s*(cx+sx*w/2-4), s*(y-h*.45), s*(cx+sx*w/2+4), s*y], fill=c)
        for _ in range(340):
            t = r.uniform(0, np.pi) if r.uniform() < .8 else None
            if t is not None:
                px, py = cx - np.cos(t) * w / 2, y - h * .45 - np.sin(t) * h * .55
            else:
                px, py = cx + r.choice([-1, 1]) * w / 2, y - r.uniform(0, h * .45)
            px += r.normal(0, 9); py += r.normal(0, 9); q = r.uniform(3, 9)
            col = rgb(flowers[r.integers(len(flowers))])
            d.ellipse([s*(px-q), s*(py-q), s*(px+q), s*(py+q)], fill=tuple(col.astype(int)) + (235,))
    return paint

def meadow(seed, y0, y1, n, colors):
    r = np.random.default_rng(seed)
    def paint(d, s):
        for _ in range(n):
            y = y0 + (y1 - y0) * r.uniform(0, 1) ** .7; x = r.uniform(0, W)
            q = 1 + 4.5 * (y - y0) / (y1 - y0) * r.uniform(.5, 1)
            col = rgb(colors[r.integers(len(colors))])
            d.ellipse([s*(x-q), s*(y-q*.8), s*(x+q), s*(y+q*.8)], fill=tuple(col.astype(int)) + (220,))
    return paint

def lights(x0, y0, x1, y1, sag, n, color):
    def paint(d, s):
        pts = []
        for t in np.linspace(0, 1, 60):
            pts.append((s*(x0+(x1-x0)*t), s*(y0+(y1-y0)*t + sag*4*t*(1-t))))
        d.line(pts, fill=(60, 50, 44, 180), width=s)
        for t in np.linspace(.03, .97, n):
            px, py = x0+(x1-x0)*t, y0+(y1-y0)*t + sag*4*t*(1-t)
            for q, al in ((13, 40), (8, 80), (4, 255)):
                d.ellipse([s*(px-q), s*(py-q+5), s*(px+q), s*(py+q+5)], fill=tuple(rgb(color).astype(int)) + (al,))
    return paint

def water(a, y0, top, bottom, sun_x, sun_color, seed):
    r = np.random.default_rng(seed)
    yy = np.arange(H)[:, None]
    t = np.clip((yy - y0) / (H - y0), 0, 1)
    m = (yy >= y0)[..., None] * np.ones((1, W, 1))
    col = rgb(top) * (1 - t[..., None]) + rgb(bottom) * t[..., None]
    a = a * (1 - m) + col * m
    def paint(d, s):
        for _ in range(1500):
            y = y0 + (H - y0) * r.uniform(0, 1) ** 1.5
            k = (y - y0) / (H - y0)
            spread = 26 + 210 * k
            near = r.uniform() < .62
            x = r.normal(sun_x, spread) if near else r.uniform(0, W)
            ln = 8 + 70 * k * r.uniform(.3, 1); wd = 1 + 3.2 * k
            c = sun_color if near else '#FFFFFF'
            al = int((150 if near else 34) * (1 - .4 * k))
            d.rounded_rectangle([s*(x-ln/2), s*(y-wd/2), s*(x+ln/2), s*(y+wd/2)], s*wd/2, fill=tuple(rgb(c).astype(int)) + (al,))
    return layer(a, paint)

def boat(x, y, k, hull, sail, sail2, line):
    def paint(d, s):
        P = lambda pts: [(s*(x+px*k), s*(y+py*k)) for px, py in pts]
        h = tuple(rgb(hull).astype(int)) + (255,)
        sa = tuple(rgb(sail).astype(int)) + (250,); sb = tuple(rgb(sail2).astype(int)) + (250,)
        main = [(4, -178)] + [(4 + 92*np.sin(t*1.35)*1.02, -178 + 158*t) for t in np.linspace(0, 1, 24)] + [(4, -20)]
        jib = [(-4, -166)] + [(-4 - 78*t**1.15, -166 + 146*t) for t in np.linspace(0, 1, 24)] + [(-4, -24)]
        d.polygon(P(main), fill=sa); d.polygon(P(jib), fill=sb)
        d.line(P([(0, -186), (0, 0)]), fill=h, width=int(s*3.4*k))
        d.line(P([(0, -16), (98, -20)]), fill=h, width=int(s*3*k))
        d.polygon(P([(-104, -8), (112, -10), (88, 22), (60, 28), (-70, 28), (-90, 16)]), fill=h)
        d.line(P([(-103, -6), (111, -8)]), fill=tuple(rgb(line).astype(int)) + (255,), width=int(s*3*k))
        for q in range(7):
            w = 92 - q * 9
            d.rounded_rectangle([s*(x-w*k), s*(y+(34+q*9)*k), s*(x+w*k), s*(y+(38+q*9)*k)], s*2*k, fill=h[:3] + (90 - q*11,))
    return paint

def save(a, name):
    Image.fromarray(np.clip(grain(a), 0, 255).astype('uint8')).save(f'{OUT}/{name}.webp', quality=76, method=6)

def elopement():
    a = sky([(0, '#F3D9C4'), (.45, '#F8E8D4'), (1, '#EFE3C8')])
    a = glow(a, 830, 300, 420, '#FFF6DE', .9); a = disc(a, 830, 300, 58, '#FFFAEC')
    a, l = ridge(a, 430, 60, 3, '#C9C9B0', '#D9D2B4')
    a, l = ridge(a, 500, 50, 8, '#9DB092', '#B9BE96')
    a = layer(a, pines(4, l, 46, 40, 92, '#86A083'))
    a, l = ridge(a, 590, 26, 15, '#7E9C6E', '#5F8358', octaves=3)
    a = layer(a, arch(790, 640, 150, 210, '#6B4B3A', ['#F7EDE2', '#F2C9C0', '#E5A79C', '#FFFFFF', '#8FA97E'], 3))
    a = layer(a, willow(7, 330, 660, 520, '#4E4034', '#7E9C58', '#B6C27C'))
    a, l = ridge(a, 690, 18, 21, '#5F8350', '#39613F', octaves=3)
    a = layer(a, meadow(5, 690, 800, 700, ['#FFFFFF', '#F4DFA8', '#F2C9C0', '#86A35F', '#486F45']))
    save(a, 'garden-elopement')

def classic():
    a = sky([(0, '#6D86A0'), (.4, '#C4B2B0'), (.62, '#F3C9A2'), (1, '#F6DDB4')])
    a = glow(a, 600, 470, 430, '#FFE1AE', .85)
    a, l = ridge(a, 440, 70, 31, '#8B93A0', '#A39C9A')
    a, l = ridge(a, 510, 46, 34, '#5F7672', '#6E8272')
    a = layer(a, pines(9, l, 70, 60, 150, '#4A655F'))
    a, l = ridge(a, 600, 20, 37, '#5E7D5C', '#3C5F49', octaves=3)
    def tables(d, s):
        for i, (y, w, h) in enumerate(((628, 190, 12), (664, 290, 17), (720, 450, 25))):
            for side in (-1, 1):
                cx = 600 + side * (w * .72)
                d.rounded_rectangle([s*(cx-w/2), s*y, s*(cx+w/2), s*(y+h)], s*3, fill=(250, 244, 234, 255))
                d.polygon([(s*(cx-w/2), s*(y+h)), (s*(cx+w/2), s*(y+h)), (s*(cx+w/2-6), s*(y+h*2.2)), (s*(cx-w/2+6), s*(y+h*2.2))], fill=(226, 214, 198, 255))
                n = 6 + i * 2
                r = np.random.default_rng(i * 7 + side + 3)
                for t in np.linspace(.08, .92, n):
                    px = cx - w/2 + w*t; q = h * .42
                    for _ in range(5):
                        c = rgb(['#B5523A', '#F2C9C0', '#FFFFFF', '#7E9C58', '#E9B872'][r.integers(5)])
                        ox, oy = r.normal(0, q*.7), r.normal(0, q*.5)
                        d.ellipse([s*(px+ox-q*.6), s*(y-q+oy-q*.6), s*(px+ox+q*.6), s*(y-q+oy+q*.6)], fill=tuple(c.astype(int)) + (255,))
    a = layer(a, tables)
    for y0, y1, sag, n in ((330, 300, 60, 17), (400, 360, 54, 19), (260, 250, 66, 15)):
        a = layer(a, lights(60, y0, 1140, y1, sag, n, '#FFE3A0'))
    a = layer(a, lambda d, s: (pine(d, s, 80, 760, 620, '#2B4640'), pine(d, s, 1130, 780, 660, '#2B4640'), pine(d, s, -10, 790, 520, '#243C38'), pine(d, s, 1215, 790, 500, '#243C38')))
    a = layer(a, meadow(6, 760, 800, 240, ['#2F523F', '#4E6F4C', '#F4DFA8']))
    save(a, 'classic-garden-wedding')

def weekend():
    a = sky([(0, '#1D2A44'), (.45, '#4B4E73'), (.72, '#B57E7A'), (1, '#E8B088')])
    r = np.random.default_rng(12)
    def stars(d, s):
        for _ in range(170):
            x, y, q = r.uniform(0, W), r.uniform(0, 330), r.uniform(.5, 1.6)
            d.ellipse([s*(x-q), s*(y-q), s*(x+q), s*(y+q)], fill=(255, 246, 226, int(r.uniform(70, 230))))
    a = layer(a, stars)
    a, l = ridge(a, 470, 80, 41, '#5C5673', '#77627A')
    a, l = ridge(a, 540, 44, 45, '#35405A', '#3C4A5C')
    a = layer(a, pines(19, l, 80, 60, 170, '#2A3850'))
    a, l = ridge(a, 610, 18, 48, '#2C4048', '#1E3238', octaves=3)
    def cottages(d, s):
        for x, y, k in ((210, 622, .9), (345, 630, 1.05), (500, 622, .85), (815, 624, .95), (960, 632, 1.1), (1085, 622, .8)):
            P = lambda pts: [(s*(x+px*k), s*(y+py*k)) for px, py in pts]
            d.polygon(P([(-46, 0), (-46, -48), (46, -48), (46, 0)]), fill=(58, 48, 52, 255))
            d.polygon(P([(-56, -46), (0, -94), (56, -46)]), fill=(38, 32, 40, 255))
            d.polygon(P([(22, -92), (22, -70), (32, -60), (32, -92)]), fill=(38, 32, 40, 255))
            for wx in (-26, 10):
                d.polygon(P([(wx, -34), (wx+17, -34), (wx+17, -14), (wx, -14)]), fill=(255, 214, 140, 255))
    a = layer(a, cottages)
    a = glow(a, 655, 690, 190, '#FFB765', .75)
    def fire(d, s):
        rr = np.random.default_rng(3)
        for _ in range(46):
            x, h = rr.normal(655, 17), rr.uniform(24, 86)
            c = rgb('#FFD27A') * (u := rr.uniform(0, 1)) + rgb('#F0703A') * (1 - u)
            w = rr.uniform(5, 12)
            d.polygon([(s*(x-w), s*716), (s*(x+rr.normal(0, 5)), s*(716-h)), (s*(x+w), s*716)], fill=tuple(c.astype(int)) + (190,))
        d.line([(s*612, s*722), (s*698, s*712)], fill=(40, 28, 26, 255), width=9*s)
        d.line([(s*612, s*712), (s*698, s*722)], fill=(52, 36, 30, 255), width=9*s)
        for _ in range(60):
            x, y, q = rr.normal(655, 60), rr.uniform(430, 680), rr.uniform(.8, 2.2)
            d.ellipse([s*(x-q), s*(y-q), s*(x+q), s*(y+q)], fill=(255, 190, 110, int(rr.uniform(60, 220))))
        for x, lean in ((520, 1), (565, 1), (750, -1), (800, -1)):
            d.ellipse([s*(x-11), s*(660-11), s*(x+11), s*(660+11)], fill=(24, 26, 34, 255))
            d.polygon([(s*(x-17), s*736), (s*(x-13+lean*3), s*672), (s*(x+13+lean*3), s*672), (s*(x+17), s*736)], fill=(24, 26, 34, 255))
    a = layer(a, fire)
    a = layer(a, lambda d, s: (pine(d, s, 60, 800, 640, '#131F2C'), pine(d, s, 1150, 800, 600, '#131F2C')))
    save(a, 'long-weekend')

def glasshouse():
    a = sky([(0, '#31455C'), (.5, '#6B7E93'), (1, '#B9C2C8')])
    a, l = ridge(a, 470, 60, 51, '#7F8F9C', '#93A0AA')
    a = layer(a, pines(29, l + 20, 60, 50, 130, '#5D7080'))
    a, l = ridge(a, 630, 12, 55, '#E6EBEE', '#CBD5DC', octaves=3)
    a = glow(a, 600, 520, 330, '#FFD9A0', .8)
    def house(d, s):
        g = (255, 226, 172, 215); f = (40, 52, 58, 255)
        d.polygon([(s*330, s*650), (s*330, s*430), (s*600, s*300), (s*870, s*430), (s*870, s*650)], fill=g)
        rr = np.random.default_rng(8)
        for _ in range(46):
            x, y, q = rr.uniform(360, 840), rr.uniform(560, 640), rr.uniform(8, 26)
            d.ellipse([s*(x-q), s*(y-q), s*(x+q), s*(y+q)], fill=(104, 128, 84, 150))
        for _ in range(34):
            x, y = rr.uniform(370, 830), rr.uniform(420, 610)
            for q, al in ((12, 50), (6, 120), (3, 255)):
                d.ellipse([s*(x-q), s*(y-q), s*(x+q), s*(y+q)], fill=(255, 246, 214, al))
        for x in np.linspace(330, 870, 11):
            top = 430 - (270 - abs(x - 600)) * 130 / 270
            d.line([(s*x, s*650), (s*x, s*top)], fill=f, width=3*s)
        for y in (500, 575):
            d.line([(s*330, s*y), (s*870, s*y)], fill=f, width=3*s)
        d.line([(s*330, s*430), (s*870, s*430)], fill=f, width=4*s)
        d.line([(s*322, s*434), (s*600, s*298), (s*878, s*434)], fill=f, width=8*s)
        d.line([(s*326, s*652), (s*874, s*652)], fill=f, width=8*s)
    a = layer(a, house)
    rr = np.random.default_rng(15)
    def snow(d, s):
        for _ in range(520):
            x, y, q = rr.uniform(0, W), rr.uniform(0, H), rr.uniform(.8, 3.4)
            d.ellipse([s*(x-q), s*(y-q), s*(x+q), s*(y+q)], fill=(255, 255, 255, int(rr.uniform(60, 210))))
    a = layer(a, lambda d, s: (pine(d, s, 130, 740, 430, '#33474F'), pine(d, s, 1060, 745, 470, '#33474F'), pine(d, s, 20, 770, 330, '#2A3D45'), pine(d, s, 1180, 770, 350, '#2A3D45')))
    a = layer(a, snow)
    save(a, 'winter-glasshouse')

def sunset():
    a = sky([(0, '#2B4A6F'), (.3, '#7E6E8E'), (.48, '#E08F6C'), (.6, '#F8C784'), (1, '#F8C784')])
    a = glow(a, 780, 430, 360, '#FFE2A2', .85); a = disc(a, 780, 418, 66, '#FFF0C4')
    a, l = ridge(a, 462, 34, 62, '#8A6A7C', '#8A6A7C', base=3)
    a = water(a, 470, '#D98F72', '#1F3B57', 780, '#FFE0A0', 4)
    a = layer(a, boat(420, 610, 1.55, '#1B2B3C', '#FBEFD9', '#EBD3B4', '#C8683A'))
    save(a, 'sunset-sail')

def day():
    a = sky([(0, '#2F7FB3'), (.35, '#7DB9D6'), (.58, '#D5EBEE'), (1, '#D5EBEE')])
    a = glow(a, 250, 140, 300, '#FFFFFF', .55)
    def clouds(d, s):
        rr = np.random.default_rng(5)
        for cx, cy, k in ((860, 150, 1.2), (560, 220, .8), (1080, 270, .9), (120, 280, .7)):
            for _ in range(22):
                x, y, q = cx + rr.normal(0, 60*k), cy + rr.normal(0, 10*k), rr.uniform(16, 38) * k
                d.ellipse([s*(x-q*1.6), s*(y-q*.7), s*(x+q*1.6), s*(y+q*.6)], fill=(255, 255, 255, 60))
    a = layer(a, clouds, blur=3)
    yy = np.arange(H)[:, None]; x = np.arange(W)
    cliff = 470 - np.clip((x - 640) / 560, 0, 1) ** .55 * 210 - 12 * noise1(72, 6, 5) * np.clip((x - 640) / 200, 0, 1)
    m = np.clip(yy - cliff[None, :] + .5, 0, 1)[..., None] * ((x > 640)[None, :, None])
    t = np.clip((yy - cliff[None, :]) / 230, 0, 1)[..., None]
    strata = (1 + .05 * np.sin((yy + 10 * noise1(73, 4, 4)[None, :]) / 9))[..., None]
    a = a * (1 - m) + (rgb('#9CAB74') * (1 - np.clip(t * 9, 0, 1)) + rgb('#CFA877') * np.clip(t * 9, 0, 1)) * strata * m
    def house(d, s):
        d.polygon([(s*1040, s*296), (s*1040, s*196), (s*1049, s*184), (s*1058, s*196), (s*1058, s*296)], fill=(250, 248, 242, 255))
        d.rectangle([s*1039, s*192, s*1059, s*208], fill=(176, 71, 30, 255))
        d.polygon([(s*1064, s*290), (s*1064, s*262), (s*1082, s*250), (s*1100, s*262), (s*1100, s*290)], fill=(250, 248, 242, 255))
    a = layer(a, house)
    a = water(a, 470, '#6FB7C4', '#12567A', 250, '#FFFFFF', 9)
    a = layer(a, boat(410, 640, 1.7, '#173B52', '#FFFFFF', '#EFE6D8', '#B0471E'))
    save(a, 'day-at-sea')

OUT = sys.argv[1]
for f in (elopement, classic, weekend, glasshouse, sunset, day): f()
